"""The settings of accounts that the backend alone has: passwords and sessions."""

from dataclasses import dataclass
from typing import Literal

from serving.settings.declaring import setting
from serving.settings.kinds import Kind, one_of, whole_number
from serving.settings.reading import Reader
from serving.settings.shared import DAY, IN_PRODUCTION, is_production

PasswordHashing = Literal["owasp", "quick"]
PASSWORD_HASHING: Kind[PasswordHashing] = one_of("owasp", "quick")


def _check_hashing(hashing: PasswordHashing | None, reader: Reader) -> None:
    if hashing == "quick" and is_production(reader):
        raise ValueError(f"must be owasp {IN_PRODUCTION}")


@dataclass(frozen=True)
class Passwords:
    """Passwords, in the backend."""

    hashing: PasswordHashing = setting(
        "PASSWORD_HASHING",
        PASSWORD_HASHING,
        "owasp",
        "The cost of a password hash: `owasp`, as OWASP recommends for argon2id, or `quick`, the least there is, "
        "for tests and on loopback alone.",
        _check_hashing,
    )


@dataclass(frozen=True)
class Sessions:
    """Sessions."""

    idle: int = setting(
        "SESSION_IDLE",
        whole_number(60, 3650 * DAY, "seconds"),
        str(14 * DAY),
        "Seconds until a session ends that is not used.",
    )
