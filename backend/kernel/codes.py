"""Codes: eight letters in a mail beside its link, to be typed in the browser that asked for the mail (RFC 8628, 6.1).

A code is derived from the key of its link, so nothing of it is stored.
"""

import hmac
import unicodedata
from datetime import timedelta

from backend.kernel.refusals import invalid

LETTERS = "BCDFGHJKLMNPQRSTVWXZ"  # no vowels, so that none is a word; none that looks like another
LENGTH = 8  # 34 bits
LONGEST_TYPED = 100  # characters
LOOK_ALIKES = str.maketrans("I1|", "LLL")
CODE_LIFETIME = timedelta(minutes=10)  # at most that (OWASP ASVS 6.5.5), while its link works for an hour
ATTEMPTS = 5  # of one code, right or wrong


def derive_code(link_key: str) -> str:
    """Derive the code of a link from its key: eight of LETTERS."""
    number = int.from_bytes(hmac.digest(link_key.encode(), b"code", "sha256"), "big")
    return spell(number, LENGTH)


def spell(number: int, length: int) -> str:
    """Write a number in so many LETTERS, the lowest place first."""
    return "".join(LETTERS[number // len(LETTERS) ** place % len(LETTERS)] for place in range(length))


def format_code(code: str) -> str:
    """Return the code as people read it, such as WDJB-MJHT."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def read_code(value: object, param: str) -> str:
    """Return the code that somebody typed, in whichever case and with whatever between its letters.

    Raises `validation_error` if these are not eight letters; nothing is compared then.
    """
    letters = keep_letters(value)
    if len(letters) != LENGTH:
        raise invalid(param, "A code has eight letters.")
    return letters


def keep_letters(value: object) -> str:
    """Return the LETTERS of what was typed, in whichever case and width; none of what is no text, or too long."""
    typed = unicodedata.normalize("NFKC", value) if isinstance(value, str) and len(value) <= LONGEST_TYPED else ""
    return "".join(filter(LETTERS.__contains__, typed.upper().translate(LOOK_ALIKES)))
