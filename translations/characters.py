"""Text as people see it: in characters (grapheme clusters, UAX 29), however many code points each of them takes."""

import unicodedata
from functools import lru_cache

import regex

LARGEST = 16  # code points of one character: a family of four in all its colours takes 11
# Flags are taken in pairs at once: `\X` alone counts back through a row of them at each step.
CHARACTER = regex.compile(r"\p{RI}\p{RI}\p{M}*|\X")
# What is drawn. Fillers and the empty Braille cell are letters and symbols by their category, but drawn as blanks.
VISIBLE = regex.compile(r"[\p{L}\p{N}\p{P}\p{S}--[\u115F\u1160\u2800\u3164\uFFA0\U0001D159]]", regex.VERSION1)
LETTER = regex.compile(r"[[\p{L}--\p{Lm}]--[\u115F\u1160\u3164\uFFA0]]", regex.VERSION1)
# Letters that join into words of their own (Arabic lam and alef are "no"), or are words by themselves (Han).
JOINING = regex.compile(
    r"[\p{Arabic}\p{Syriac}\p{Mongolian}\p{Nko}\p{Mandaic}\p{Adlam}\p{Hanifi_Rohingya}\p{Han}\p{Hangul}\p{Hiragana}\p{Katakana}]"
)


def count_characters(text: str) -> int:
    """Return the number of characters as people see them."""
    return sum(1 for _ in CHARACTER.finditer(text))


def is_longer(text: str, limit: int) -> bool:
    """Return whether a text has more characters than that, without counting one that must have."""
    return len(text) > limit * LARGEST or count_characters(text) > limit


def is_one_line(text: str) -> bool:
    """Return whether a text has no control characters or line breaks. Marks for right-to-left text are allowed."""
    return not any(unicodedata.category(character) in {"Cc", "Zl", "Zp"} for character in text)


def has_visible(text: str) -> bool:
    """Return whether anything of a text is visible; blanks, fillers and lone marks are not."""
    return VISIBLE.search(text) is not None


def has_overlong_character(text: str) -> bool:
    """Return whether a character has more parts than any script needs, such as a tower of accents."""
    return any(len(found[0]) > LARGEST for found in CHARACTER.finditer(text))


@lru_cache(maxsize=256)  # a page draws them twice, and of the same few people again and again
def find_initials(name: str) -> str:
    """Return the first letters of the first and the last word; where letters join, as in Arabic, the first alone.

    A name without any letter gives its first visible character.
    """
    letters = [letter for word in name.split() if (letter := _first(word, LETTER))]
    if not letters:
        return _first(name, VISIBLE)
    ends = letters[:1] if JOINING.search(letters[0]) else letters[:1] + letters[1:][-1:]
    return unicodedata.normalize("NFC", "".join(_capital(letter) for letter in ends))


def _capital(letter: str) -> str:
    """Return the title case of a letter; one that would become two letters (ß) stays."""
    title = letter.title()
    return title if len(title) == len(letter) else letter


def _first(text: str, wanted: "regex.Pattern[str]") -> str:
    """Return the first character that the pattern matches, or "". In ASCII each code point is one."""
    characters = text if text.isascii() else (found[0] for found in CHARACTER.finditer(text))
    return next(filter(wanted.search, characters), "")
