"""The kinds of settings: what a value may be, and how it is parsed."""

import ipaddress
import math
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from serving.origins import normalize_origin

T = TypeVar("T")


class SettingsError(ValueError):
    """A setting is wrong. The text is one line that names the variable and says what it may be."""


@dataclass(frozen=True)
class Kind(Generic[T]):
    """What a setting may be. `parse` raises ValueError, LookupError or OSError for what is not `expected`.

    The value of a secret is never repeated; where a part of it may be shown, `redact` returns that.
    """

    parse: Callable[[str], T]
    expected: str
    is_secret: bool = False
    redact: Callable[[str], str] | None = None


def one_line(longest: int = 255) -> Kind[str]:
    """Return the kind of a line of printable text."""

    def parse(value: str) -> str:
        if len(value) > longest or not value.isprintable():
            raise ValueError
        return value

    return Kind(parse, f"one line of at most {longest} characters")


def whole_number(least: int, most: int, unit: str = "") -> Kind[int]:
    """Return the kind of a whole number between these two, inclusive."""

    def parse(value: str) -> int:
        if not (value.isascii() and value.isdigit() and len(value) <= 15 and least <= int(value) <= most):
            raise ValueError
        return int(value)

    return Kind(parse, f"a whole number {f'of {unit} ' if unit else ''}from {least} to {most}")


def positive_number(most: int) -> Kind[float]:
    """Return the kind of a number above zero."""

    def parse(value: str) -> float:
        number = float(value)
        if math.isnan(number) or not 0 < number <= most:
            raise ValueError
        return number

    return Kind(parse, f"a number above 0 and at most {most}")


def one_of(*words: T) -> Kind[T]:
    """Return the kind of a choice between words."""
    *others, last = map(str, words)
    return Kind({str(word): word for word in words}.__getitem__, f"{', '.join(others)} or {last}")


SWITCH = Kind({"on": True, "off": False}.__getitem__, "on or off")


def _parse_origin(value: str) -> str:
    check_is_bare(value)
    return normalize_origin(value)


def check_is_bare(url: str) -> None:
    """Raise ValueError for a URL with a path, a query or a fragment."""
    parts = urlsplit(url)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(url)


def _parse_color(value: str) -> str:
    if not COLOR_PATTERN.fullmatch(value):
        raise ValueError
    return value.lower()


COLOR_PATTERN = re.compile(r"#[0-9a-fA-F]{6}")
COLOR = Kind(_parse_color, "a colour such as #1f5f4f")


ORIGIN = Kind(_parse_origin, "an origin such as https://accounts.example.com, without a path")
ORIGINS = Kind(
    lambda value: tuple(_parse_origin(part) for part in split_list(value)),
    "an origin such as https://accounts.example.com, or several with commas between",
)


def _parse_web_address(value: str) -> str:
    normalize_origin(value)
    check_is_plain(value)
    return value


def check_is_plain(url: str) -> None:
    """Raise ValueError for a URL with a fragment, or with a character that no URL contains."""
    if urlsplit(url).fragment or not url.isprintable() or " " in url:
        raise ValueError(url)


WEB_ADDRESS = Kind(_parse_web_address, "a web address that begins with http:// or https://, without a #")


def _find_usable_folder(value: str) -> Path:
    """Return the absolute path of a folder that can be written, or could be made."""
    path = Path(value).absolute()
    nearest = next(folder for folder in (path, *path.parents) if folder.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        raise PermissionError
    return path


def _find_folder(value: str) -> Path:
    if not Path(value).is_dir():
        raise ValueError
    return Path(value)


def _find_file(value: str) -> Path:
    if not Path(value).is_file():
        raise ValueError
    return Path(value)


OUR_FOLDER = Kind(_find_usable_folder, "a folder that can be made and written")
EXISTING_FILE = Kind(_find_file, "a file that exists")
EXISTING_FOLDER = Kind(_find_folder, "a folder that exists")


def _parse_link(value: str) -> str:
    scheme, _, rest = value.partition(":")
    if not value.isprintable() or " " in value or not _leads_somewhere(scheme.lower(), rest, value):
        raise ValueError(value)
    return value


def _leads_somewhere(scheme: str, rest: str, value: str) -> bool:
    if scheme in ("http", "https"):
        return bool(normalize_origin(value))
    if scheme == "mailto":
        return "@" in rest
    return value.startswith("/") and not value.startswith("//") and "\\" not in value


LINK = Kind(_parse_link, "a web address, a path of this site such as /help, or mailto: and an address")


def _parse_networks(value: str) -> tuple[str, ...]:
    if value == "none":
        return ()
    networks = [ipaddress.ip_network(part) for part in split_list(value)]
    if not networks or any(network.prefixlen == 0 for network in networks):
        raise ValueError  # nobody, which is written as `none`; everybody
    return tuple(map(str, networks))


NETWORKS = Kind(_parse_networks, "addresses or networks such as 10.0.0.0/8, with commas between, or none")


def _parse_secrets(value: str) -> tuple[str, ...]:
    keys = tuple(split_list(value))
    if not keys or not value.isprintable() or len(value) > 4096:
        raise ValueError
    return keys


SECRETS = Kind(_parse_secrets, "one line of keys with commas between, at most 4096 characters", is_secret=True)


def _parse_header_secrets(value: str) -> tuple[str, ...]:
    words = tuple(split_list(value))
    if not words or not all(map(_is_header_word, words)) or len(value) > 4096:
        raise ValueError
    return words


def _is_header_word(word: str) -> bool:
    return word.isascii() and word.isprintable() and " " not in word and len(word) <= 255


HEADER_SECRETS = Kind(
    _parse_header_secrets,
    "one word of ASCII letters, digits and signs, at most 255, or several with commas between",
    is_secret=True,
)


def split_list(value: str) -> list[str]:
    """Return what stands between commas, without the space around it."""
    return [part.strip() for part in value.split(",") if part.strip()]
