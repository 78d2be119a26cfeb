"""Codes by SMS: six digits, derived from a key that is derived in turn, so nothing of them is stored."""

import hmac
import unicodedata
from enum import StrEnum

from backend.kernel.refusals import invalid, refusal

FIRST, COUNT = 100_000, 900_000  # none begins with a zero, which people and tables leave out
LENGTH = 6
LONGEST_TYPED = 30  # characters
BETWEEN = str.maketrans("", "", " -\u2010\u2011\u2013")  # how people part six digits
ATTEMPTS = 5  # of one code, right or wrong


class Purpose(StrEnum):
    """What a code is for; the values are Altogic's."""

    CONFIRM = "phone-confirm"
    SIGN_IN = "signin-code"
    RESET = "reset-pwd-code"
    CHANGE = "change-phone"


def derive_phone_code(key: str) -> str:
    """Derive the six digits of a code from its key."""
    number = int.from_bytes(hmac.digest(key.encode(), b"phone-code", "sha256"), "big")
    return str(FIRST + number % COUNT)


def read_phone_code(value: object, param: str = "code") -> str:
    """Return the digits that somebody typed, in any width, with spaces or dashes between them.

    Raises `missing_sms_code` for nothing, and `validation_error` for what are not six digits; nothing is compared then.
    """
    if value in (None, ""):
        raise refusal("missing_sms_code")
    typed = unicodedata.normalize("NFKC", value) if isinstance(value, str) and len(value) <= LONGEST_TYPED else ""
    digits = typed.translate(BETWEEN)
    if len(digits) != LENGTH or not (digits.isascii() and digits.isdigit()):
        raise invalid(param, "A code has six digits.")
    return digits
