"""Passwords that are easy to guess: leaked ones and their variations, patterns, and names of the owner and the site.

A check costs some milliseconds of CPU time, so pages run it off the event loop (password_pool.py).
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain
from threading import Lock
from typing import Any, Literal

from web.forms.leaked_passwords import is_leaked

Reason = Literal["leaked", "easy"]

CHECKED_LENGTH = 24  # characters; longer input only takes more time, which grows with the square
EASY_GUESSES = 1e8  # guesses; below it zxcvbn gives two points of four, or fewer
EASY_WORD_GUESSES = 1e6  # guesses, of a word to which something short is added
LONGEST_ADDITION = 8  # characters: a year, exclamation marks, a few digits
SHORTEST_NAME = 3
LONGEST_TYPED = 1024  # characters; normalization turns at most four into one
FEW_CHARACTERS = 5  # different characters; passwords of fewer can all be tried
LEET = {"a": ["4", "@"], "e": ["3"], "i": ["1", "!"], "o": ["0"], "s": ["$", "5"], "t": ["7"]}
ZXCVBN_LOCK = Lock()  # zxcvbn stores the words of a call in global tables
LEET_TABLES = str.maketrans("4@31!0$57", "aaeiiosst"), str.maketrans("4@31!0$57", "aaellosst")
GERMAN_KEYBOARD = str.maketrans("zyüöäß", "yz[;'-")
BETWEEN_WORDS = re.compile(r"[\s._-]+")
AROUND_A_WORD = re.compile(r"^[\W\d_]+|[\W\d_]+$")
# Common words that zxcvbn's English lists lack, or rank low.
WORD_LIST = """
passwort kennwort hallo schatz geheim willkommen liebe sommer winter herbst frühling fruehling sonne mond stern januar
februar märz maerz april mai juni juli august september oktober november dezember montag dienstag mittwoch donnerstag
freitag samstag sonntag fussball fußball bayern schalke dortmund deutschland österreich schweiz berlin hamburg münchen
muenchen wien ficken scheisse scheiße arschloch mausi schnecke engel katze hund pferd blume urlaub familie mama papa ich
dich anmeldung zugang büro firma qwertz geburtstag weihnachten ostern mustermann musterfrau sonnenschein sonnenblume
schmetterling prinzessin lieblingsmensch erdbeere schokolade eichhörnchen kuscheltier motorrad kindergarten
"""
WORDS = tuple(WORD_LIST.split())
PHRASES = frozenset({"correcthorsebatterystaple"})  # four words, and in print


def find_reason(password: str, known: Iterable[str] = ()) -> Reason | None:
    """Say why a password is easy to guess, or None. `known` are names of the owner and of the site."""
    plain = _fold(password)
    if any(map(is_leaked, dict.fromkeys(_list_leaked_forms(plain)))):
        return "leaked"
    return "easy" if _is_easy(password, plain, [*_list_parts(known), *WORDS]) else None


def count_characters(password: str) -> int:
    """Count characters as they are hashed, in Unicode's normal form C. Input that is too long in any case is counted as
    it is, since normalizing it could take long."""
    return len(password if len(password) > LONGEST_TYPED else unicodedata.normalize("NFC", password))


def is_mostly_names(password: str, names: Iterable[str]) -> bool:
    """Whether less than half of a password is left without the names."""
    return any(
        _is_mostly_names(form, names) for form in dict.fromkeys((password, _fold(password).translate(LEET_TABLES[0])))
    )


def _is_mostly_names(password: str, names: Iterable[str]) -> bool:
    plain = rest = _keep_letters(password)
    for known in sorted(_list_parts(names), key=len, reverse=True):
        rest = rest.replace(known, "")
    return len(rest) * 2 < len(plain)


def _list_leaked_forms(plain: str) -> Iterator[str]:
    """List the forms in which a password may have leaked: with and without additions and separators, with symbols read
    as letters (leet), reversed, and typed on a German keyboard."""
    joined = BETWEEN_WORDS.sub("", plain)
    forms = (plain, _strip_additions(plain), joined, _strip_additions(joined))
    read = (form.translate(table) for form in forms for table in LEET_TABLES)
    for form in chain(forms, read):
        yield form
        yield _strip_additions(form)
        yield form[::-1]
        yield form.translate(GERMAN_KEYBOARD)


def _is_easy(password: str, plain: str, words: Sequence[str]) -> bool:
    joined = BETWEEN_WORDS.sub("", plain)
    word = _strip_additions(joined)
    if len(set(password)) < FEW_CHARACTERS or word in PHRASES:
        return True
    if word and len(joined) - len(word) <= LONGEST_ADDITION and _count_guesses(word, words) < EASY_WORD_GUESSES:
        return True
    by_keys = plain.translate(GERMAN_KEYBOARD)
    return any(_count_guesses(form, words) < EASY_GUESSES for form in dict.fromkeys((password, joined, by_keys)))


def _count_guesses(text: str, words: Sequence[str]) -> float:
    with ZXCVBN_LOCK:
        return float(_load_zxcvbn().zxcvbn(text[:CHECKED_LENGTH], user_inputs=list(words))["guesses"])


@cache
def _load_zxcvbn() -> Any:
    """Load 15 MB of lists at first use, with a smaller leet table.

    zxcvbn tries all combinations of it, which can take seconds for a password of many different symbols.
    """
    import zxcvbn  # type: ignore[import-untyped]
    from zxcvbn.matching import L33T_TABLE  # type: ignore[import-untyped]

    L33T_TABLE.clear()
    L33T_TABLE.update(LEET)
    return zxcvbn


def _strip_additions(text: str) -> str:
    return AROUND_A_WORD.sub("", text)


def _list_parts(names: Iterable[str]) -> set[str]:
    """List each name as a whole and in words, and of an address the part before the @."""
    found = chain.from_iterable((text, text.partition("@")[0], *text.split()) for text in names)
    return {part for part in map(_keep_letters, found) if len(part) >= SHORTEST_NAME}


def _keep_letters(text: str) -> str:
    return "".join(filter(str.isalnum, _fold(text)))


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
