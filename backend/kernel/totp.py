"""TOTP (RFC 6238): codes of six digits that an authenticator app shows, another one every 30 seconds."""

import asyncio
import base64
import hmac
import importlib
import secrets
import sys
import unicodedata
from datetime import datetime

from backend.kernel.refusals import invalid

STEP_SECONDS = 30
DIGITS = 6
SECRET_BYTES = 20  # 160 bits, as RFC 4226 recommends; 32 characters of base32
TOLERATED_STEPS = 1  # before and after, for clocks that differ and people who type (RFC 6238, 5.2)
RECOGNIZED_STEPS = 10  # before and after: nothing is accepted there, the clock's error is told
LONGEST_TYPED = 100  # characters
_LIBRARIES = ("pyotp", "cryptography.fernet")


async def load_libraries() -> None:
    """Import, in a thread, what a process needs only once somebody has an authenticator app."""
    if not all(name in sys.modules for name in _LIBRARIES):
        await asyncio.to_thread(_import)


def _import() -> None:
    for name in _LIBRARIES:
        importlib.import_module(name)


def new_secret() -> str:
    """Return a new secret in base32, as apps take it."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def make_uri(secret: str, account: str, issuer: str) -> str:
    """Return the `otpauth:` address that brings a secret into an app. A colon would end the issuer's name."""
    import pyotp  # imported here: see load_libraries

    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer.replace(":", ""))


def read_totp(value: object, param: str) -> str:
    """Return the six digits that somebody typed, of whichever script and with whatever between them.

    Raises `validation_error` if these are not six digits; nothing is compared then.
    """
    typed = value if isinstance(value, str) and len(value) <= LONGEST_TYPED else ""
    digits = "".join(str(unicodedata.decimal(character, "")) for character in typed)
    if len(digits) != DIGITS:
        raise invalid(param, "A code has six digits.")
    return digits


def find_step(secret: str, code: str, now: datetime, *, around: int) -> int | None:
    """Find the time step whose code this is: the present one, or at most `around` steps before or after it."""
    import pyotp  # imported here: see load_libraries

    totp, present = pyotp.TOTP(secret), get_step(now)
    nearest_first = sorted(range(-around, around + 1), key=abs)
    return next((present + far for far in nearest_first if _is_code(totp.generate_otp(present + far), code)), None)


def get_step(now: datetime) -> int:
    """Return the number of the time step."""
    return int(now.timestamp()) // STEP_SECONDS


def _is_code(expected: str, code: str) -> bool:
    return hmac.compare_digest(expected, code)
