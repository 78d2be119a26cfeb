"""What a field may hold. Each function is named for a field: it returns the cleaned value, or raises
`validation_error` with the field's name, `param`."""

import re
from dataclasses import dataclass
from typing import Any

from backend.kernel.password_hashing import normalize
from backend.kernel.refusals import invalid
from serving.addresses import clean_address, parse_address
from translations.characters import has_overlong_character, has_visible, is_longer, is_one_line

PASSWORD_LENGTH = range(6, 257)
NAME_LIMIT = 100
LABEL_LIMIT = 60
FILE_NAME_LIMIT = 200
BROWSER_HASH = re.compile("[0-9a-f]{64}")  # SHA-256 of what a front end knows a browser by
FLOW = re.compile("[0-9a-f]{16}")  # what a front end calls a log-in at a provider


@dataclass(frozen=True)
class Address:
    """An email address as typed, and the key under which it is the same address however it is typed."""

    typed: str
    key: str


def email(value: Any, param: str = "email") -> Address:
    typed = clean_address(value) if isinstance(value, str) else ""
    try:
        valid = parse_address(typed)
    except ValueError as error:
        raise invalid(param, "A valid email address is required.") from error
    return Address(typed, valid.normalized.lower())


def email_in_query(value: str) -> Address:
    """Read an address of a query, where the official client leaves a plus as it is, which then means a space."""
    return email(value.strip().replace(" ", "+"))


def password(value: Any, param: str = "password") -> str:
    """Read a new password: 6 to 256 characters, counted in the normal form that is hashed. Returns it as typed."""
    if not isinstance(value, str) or len(normalize(value)) not in PASSWORD_LENGTH:
        raise invalid(param, f"The password must be {PASSWORD_LENGTH[0]} to {PASSWORD_LENGTH[-1]} characters long.")
    return value


def known_password(value: Any, param: str) -> str:
    """Read a password to compare with: any text."""
    if not isinstance(value, str) or not value:
        raise invalid(param, "The password is required.")
    return value


def name(value: Any, param: str = "name") -> str:
    text = value.strip() if isinstance(value, str) else ""
    if not _is_line(text, NAME_LIMIT):
        raise invalid(param, f"The name must be 1 to {NAME_LIMIT} characters long, on one line.")
    return text


def optional_name(value: Any, param: str = "name") -> str | None:
    """Read a name, or None for null."""
    return None if value is None else name(value, param)


def label(value: Any, param: str = "label") -> str | None:
    if value is None or value == "":
        return None
    text = value.strip() if isinstance(value, str) else ""
    if not _is_line(text, LABEL_LIMIT):
        raise invalid(param, f"The label must be at most {LABEL_LIMIT} characters long, on one line.")
    return text


def file_name(value: Any, param: str = "fileName") -> str:
    """Read the name of a file: 1 to 200 printable characters."""
    name = value.strip() if isinstance(value, str) else ""
    if not name or len(name) > FILE_NAME_LIMIT or not name.isprintable():
        raise invalid(param, f"The name of a file must be 1 to {FILE_NAME_LIMIT} characters long, on one line.")
    return name


def _is_line(text: str, limit: int) -> bool:
    if is_longer(text, limit) or has_overlong_character(text):
        return False
    return is_one_line(text) and has_visible(text)


def text(value: Any, param: str, limit: int = 512) -> str:
    """Read any text of 1 to `limit` characters."""
    if not isinstance(value, str) or not value or len(value) > limit:
        raise invalid(param, f"{param} must be a text of 1 to {limit} characters.")
    return value


def language(value: Any, param: str = "language") -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}", value):
        raise invalid(param, "The language must be a language tag such as en or de-AT.")
    return value


def timezone(value: Any, param: str = "timezone") -> str | None:
    if value is None:
        return None
    if not isinstance(value, str) or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_+/-]{0,63}", value):
        raise invalid(param, "The timezone must be a name such as Europe/Vienna.")
    return value


def picture(value: Any, param: str = "profilePicture") -> str | None:
    """Read the address of a picture, or None. Only http and https: a page shows it, so it must not be a script."""
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > 2048 or not re.fullmatch(r"https?://[^\s\x00-\x20\"<>\\]+", value):
        raise invalid(param, "The picture must be an address that begins with http:// or https://.")
    return value
