"""What is tried first by those who guess passwords: other people's, and what is known of the owner."""

import unicodedata
from collections.abc import Iterable
from itertools import chain

LOOKED_AT = 32  # characters; what is hard to guess by then stays so, and the work grows with the square
EASY = 1  # zxcvbn's score for what is guessed within a million tries
SHORTEST_NAME = 3


def is_common(password: str) -> bool:
    """On the lists of leaked passwords that come with zxcvbn, or as easy to guess as if it were."""
    from zxcvbn import zxcvbn  # type: ignore[import-untyped]  # here, so that the start does not wait for 15 MB of lists

    return bool(zxcvbn(password[:LOOKED_AT])["score"] <= EASY)


def is_mostly(password: str, own: Iterable[str]) -> bool:
    """Whether less than half is left without the owner's names and addresses. A short name within a long passphrase
    does no harm."""
    plain = rest = _letters(password)
    for known in sorted(_parts(own), key=len, reverse=True):
        rest = rest.replace(known, "")
    return len(rest) * 2 < len(plain)


def _parts(own: Iterable[str]) -> set[str]:
    """Each whole, in words, and of an address what stands before the @."""
    found = chain.from_iterable((text, text.partition("@")[0], *text.split()) for text in own)
    return {part for part in map(_letters, found) if len(part) >= SHORTEST_NAME}


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))
