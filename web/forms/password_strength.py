"""What is tried first by those who guess passwords: other people's, what is like them, and names of owner and site.

Asking costs some milliseconds of CPU time, so pages ask off the event loop (judging.py).
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

LOOKED_AT = 24  # characters; what is hard to guess by then stays so, and the work grows with the square
EASY = 1e8  # tries; below it zxcvbn gives two points of four, or fewer
EASY_WORD = 1e6  # tries, of a word on which a guesser then hangs something
HUNG_ON = 8  # characters: a year, exclamation marks, a few digits
SHORTEST_NAME = 3
LONGEST_TYPED = 1024  # characters; no four of them become less than one
FEW = 5  # different characters; a guesser goes through all of what has fewer
LEET = {"a": ["4", "@"], "e": ["3"], "i": ["1", "!"], "o": ["0"], "s": ["$", "5"], "t": ["7"]}
ONE_AT_A_TIME = Lock()  # zxcvbn keeps the words it is given among its own
READ_AS = str.maketrans("4@31!0$57", "aaeiiosst"), str.maketrans("4@31!0$57", "aaellosst")
ON_A_GERMAN_KEYBOARD = str.maketrans("zyüöäß", "yz[;'-")
BETWEEN_WORDS = re.compile(r"[\s._-]+")
AROUND_A_WORD = re.compile(r"^[\W\d_]+|[\W\d_]+$")
# What zxcvbn's lists of English lack, or have far down.
TEXT = """
passwort kennwort hallo schatz geheim willkommen liebe sommer winter herbst frühling fruehling sonne mond stern januar
februar märz maerz april mai juni juli august september oktober november dezember montag dienstag mittwoch donnerstag
freitag samstag sonntag fussball fußball bayern schalke dortmund deutschland österreich schweiz berlin hamburg münchen
muenchen wien ficken scheisse scheiße arschloch mausi schnecke engel katze hund pferd blume urlaub familie mama papa ich
dich anmeldung zugang büro firma qwertz geburtstag weihnachten ostern mustermann musterfrau sonnenschein sonnenblume
schmetterling prinzessin lieblingsmensch erdbeere schokolade eichhörnchen kuscheltier motorrad kindergarten
"""
WORDS = tuple(TEXT.split())
PHRASES = frozenset({"correcthorsebatterystaple"})  # four words, and in print


def find_reason(password: str, known: Iterable[str] = ()) -> Reason | None:
    """Say why a password is guessed early: it leaked, or is easy. `known` are names of the owner and of the site."""
    plain = _fold(password)
    if any(map(is_leaked, dict.fromkeys(_find_ways_it_leaked(plain)))):
        return "leaked"
    return "easy" if _is_easy(password, plain, [*_parts(known), *WORDS]) else None


def measure(password: str) -> int:
    """Count characters as they are hashed: in Unicode's normal form C, whatever the keyboard composes. What is too long
    in any case counts as it is, for sorting its marks would take long."""
    return len(password if len(password) > LONGEST_TYPED else unicodedata.normalize("NFC", password))


def is_mostly(password: str, names: Iterable[str]) -> bool:
    """Whether less than half is left without the names. A short name within a long passphrase does no harm."""
    return any(_is_mostly(form, names) for form in dict.fromkeys((password, _fold(password).translate(READ_AS[0]))))


def _is_mostly(password: str, names: Iterable[str]) -> bool:
    plain = rest = _letters(password)
    for known in sorted(_parts(names), key=len, reverse=True):
        rest = rest.replace(known, "")
    return len(rest) * 2 < len(plain)


def _find_ways_it_leaked(plain: str) -> Iterator[str]:
    """As it is and without what was hung on it, with and without what stands between words, each sign read as a letter,
    backwards, and by keys of a German keyboard."""
    joined = BETWEEN_WORDS.sub("", plain)
    forms = (plain, _strip(plain), joined, _strip(joined))
    read = (form.translate(table) for form in forms for table in READ_AS)
    for form in chain(forms, read):
        yield form
        yield _strip(form)
        yield form[::-1]
        yield form.translate(ON_A_GERMAN_KEYBOARD)


def _is_easy(password: str, plain: str, words: Sequence[str]) -> bool:
    joined = BETWEEN_WORDS.sub("", plain)
    word = _strip(joined)
    if len(set(password)) < FEW or word in PHRASES:
        return True
    if word and len(joined) - len(word) <= HUNG_ON and _count_tries(word, words) < EASY_WORD:
        return True
    by_keys = plain.translate(ON_A_GERMAN_KEYBOARD)
    return any(_count_tries(form, words) < EASY for form in dict.fromkeys((password, joined, by_keys)))


def _count_tries(text: str, words: Sequence[str]) -> float:
    with ONE_AT_A_TIME:
        return float(_zxcvbn().zxcvbn(text[:LOOKED_AT], user_inputs=list(words))["guesses"])


@cache
def _zxcvbn() -> Any:
    """Load 15 MB of lists at the first use, and bound what signs may stand for: zxcvbn tries all combinations, which
    takes seconds where a password has many different signs."""
    import zxcvbn  # type: ignore[import-untyped]
    from zxcvbn.matching import L33T_TABLE  # type: ignore[import-untyped]

    L33T_TABLE.clear()
    L33T_TABLE.update(LEET)
    return zxcvbn


def _strip(text: str) -> str:
    return AROUND_A_WORD.sub("", text)


def _parts(names: Iterable[str]) -> set[str]:
    """Each whole, in words, and of an address what stands before the @."""
    found = chain.from_iterable((text, text.partition("@")[0], *text.split()) for text in names)
    return {part for part in map(_letters, found) if len(part) >= SHORTEST_NAME}


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, _fold(text)))


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
