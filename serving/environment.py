"""The one reader of the environment: a variable is of a kind, and a wrong value is one line that names it."""

import ipaddress
import math
import os
from collections.abc import Callable, Mapping
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
    """What a variable may be. `parse` raises ValueError, LookupError or OSError for what is not `expected`.

    The value of a secret is never repeated.
    """

    parse: Callable[[str], T]
    expected: str
    is_secret: bool = False


class Environment:
    """The variables that are set. An empty value counts as unset, and space around one is dropped."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._given = {name: value.strip() for name, value in environ.items() if value.strip()}

    def __contains__(self, name: str) -> bool:
        return name in self._given

    def read(self, name: str, kind: Kind[T], default: str) -> T:
        """Read a variable, or its default, which is written as the variable would be. Raises SettingsError."""
        return _parse(name, kind, self._given.get(name, default))

    def find(self, name: str, kind: Kind[T]) -> T | None:
        """Read a variable that may be unset. Raises SettingsError."""
        return _parse(name, kind, self._given[name]) if name in self._given else None


def _parse(name: str, kind: Kind[T], value: str) -> T:
    try:
        return kind.parse(value)
    except (ValueError, LookupError, OSError):
        shown = "" if kind.is_secret else f", not {value[:200]!r}"
        raise SettingsError(f"{name}: must be {kind.expected}{shown}") from None


# Kinds


def one_line(longest: int = 255) -> Kind[str]:
    def parse(value: str) -> str:
        if len(value) > longest or not value.isprintable():
            raise ValueError
        return value

    return Kind(parse, f"one line of at most {longest} characters")


def whole_number(least: int, most: int, unit: str = "") -> Kind[int]:
    def parse(value: str) -> int:
        if not (value.isascii() and value.isdigit() and len(value) <= 15 and least <= int(value) <= most):
            raise ValueError
        return int(value)

    return Kind(parse, f"a whole number {f'of {unit} ' if unit else ''}from {least} to {most}")


def positive_number(most: int) -> Kind[float]:
    def parse(value: str) -> float:
        number = float(value)
        if math.isnan(number) or not 0 < number <= most:
            raise ValueError
        return number

    return Kind(parse, f"a number above 0 and at most {most}")


SWITCH = Kind({"on": True, "off": False}.__getitem__, "on or off")


def _parse_origin(value: str) -> str:
    check_is_bare(value)
    return normalize_origin(value)


def check_is_bare(url: str) -> None:
    """Raise ValueError for a URL that says more than an origin."""
    parts = urlsplit(url)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(url)


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
    """Raise ValueError for a URL with a fragment, or with what belongs into none."""
    if urlsplit(url).fragment or not url.isprintable() or " " in url:
        raise ValueError(url)


WEB_ADDRESS = Kind(_parse_web_address, "a web address that begins with http:// or https://, without a #")


def _make_folder(value: str) -> Path:
    path = Path(value).absolute()
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.access(path, os.W_OK | os.X_OK):
        raise PermissionError
    return path


def _find_folder(value: str) -> Path:
    if not Path(value).is_dir():
        raise ValueError
    return Path(value)


FOLDER_OF_OURS = Kind(_make_folder, "a folder that can be made and written")
EXISTING_FOLDER = Kind(_find_folder, "a folder that exists")


def _parse_networks(value: str) -> tuple[str, ...]:
    if value == "none":
        return ()
    networks = [ipaddress.ip_network(part) for part in split_list(value)]
    if not networks or any(network.prefixlen == 0 for network in networks):
        raise ValueError  # nobody, which is said as `none`; everybody
    return tuple(map(str, networks))


NETWORKS = Kind(_parse_networks, "addresses or networks such as 10.0.0.0/8, with commas between, or none")


def _parse_secrets(value: str) -> tuple[str, ...]:
    if not value.isprintable() or len(value) > 4096:
        raise ValueError
    return tuple(split_list(value))


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
    return [part.strip() for part in value.split(",") if part.strip()]
