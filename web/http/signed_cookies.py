"""Signed cookies: tokens and notes.

None holds a date: sessions and links expire in the backend, so clocks that disagree log nobody out. `Max-Age` only
tells the browser how long to keep a cookie.

They are parsed here, once a request, not by Python's parser: that unquotes values, and a value full of backslashes
takes it time with the square of their number (CVE-2024-7592). Here quotes around a value are removed, nothing else.
"""

import hashlib
import json
from contextlib import suppress
from itertools import islice
from typing import Any, cast
from urllib.parse import urlsplit

from itsdangerous import BadData, Signer, URLSafeSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from web.settings import Settings

TEN_MINUTES = 600  # seconds
BROWSER_LIMIT = 4000  # browsers drop a cookie of more than 4096 bytes, name and attributes included
NOTES_COUNT, NOTES_LIMIT = 5, 3000  # of one purpose, and bytes of all: a proxy may take 8 kB of cookies in all
NOTES_LOOKED_AT = 4 * NOTES_COUNT  # over http those of other copies of the site are among them
COOKIES_LIMIT = 200  # of all that a browser sends; Chromium keeps 180 a site
VALUE_LIMIT = 4096  # bytes
STAYS = "stay."  # in front of the token of a session that outlives the browser


class SignedCookie:
    """One cookie, ours if its signature is.

    Over http a browser sends the cookies of one port of a host to all its ports. A cookie of our name that is not ours
    is left alone, and ours then has the port in its name. Copies of the site that share a key share their cookies.
    """

    def __init__(self, purpose: str, settings: Settings, max_age: int) -> None:
        self.name = _name_cookie(purpose, settings)
        self.name_with_port = (
            "" if settings.public.is_https else f"{purpose}-{urlsplit(settings.public.url).port or 80}"
        )
        self.max_age = max_age
        self.is_https = settings.public.is_https
        self.signer = Signer(_order_keys(settings), **_make_signer_options(purpose))

    def clear(self, connection: HTTPConnection[Any], response: Response) -> None:
        """Make the browser delete the cookie."""
        if self.name_with_port in read_cookies(connection):
            self._set(response, self.name_with_port, "", 0)
        if not self._is_name_taken(connection):
            self._set(response, self.name, "", 0)

    def _find_values(self, connection: HTTPConnection[Any]) -> list[str]:
        """Find what the browser sent under our names, whoever set it."""
        cookies = read_cookies(connection)
        return [cookies[name] for name in (self.name_with_port, self.name) if cookies.get(name)]

    def _write_signed(
        self, connection: HTTPConnection[Any], response: Response, value: str, max_age: int | None
    ) -> None:
        if self._is_name_taken(connection):
            self._set(response, self.name_with_port, value, max_age)
            return
        if self.name_with_port in read_cookies(connection):  # it would be read first
            self._set(response, self.name_with_port, "", 0)
        self._set(response, self.name, value, max_age)

    def _is_name_taken(self, connection: HTTPConnection[Any]) -> bool:
        """Tell whether somebody else has a cookie of our name. Over https nobody can."""
        value = read_cookies(connection).get(self.name, "")
        return bool(self.name_with_port and value) and not self._is_ours(value)

    def _is_ours(self, value: str) -> bool:
        return bool(value) and self.signer.validate(value)

    def _set(self, response: Response, name: str, value: str, max_age: int | None) -> None:
        _set(response, name, value, max_age, self.is_https)


class TokenCookie(SignedCookie):
    """A cookie that holds a token: of a session, a device, a registration."""

    def read(self, connection: HTTPConnection[Any]) -> str | None:
        """Return the token, or None without a cookie whose signature is right."""
        for value in self._find_values(connection):
            with suppress(BadData, UnicodeError):
                return self.signer.unsign(value).decode("ascii")
        return None

    def write(
        self, connection: HTTPConnection[Any], response: Response, token: str, *, remember: bool, max_age: int = 0
    ) -> None:
        """Set the cookie, with `remember` for `max_age` seconds or else for its usual ones.

        Without `remember` it ends with the browser: on a shared computer the next person starts as a guest.
        """
        value = self.signer.sign(token).decode("ascii")
        self._write_signed(connection, response, value, (max_age or self.max_age) if remember else None)


class SessionCookie(TokenCookie):
    """The cookie with the session token. It knows whether it outlives the browser, for a new token must do the same."""

    def read(self, connection: HTTPConnection[Any]) -> str | None:
        """Return the session token, or None without a cookie whose signature is right."""
        value = super().read(connection)
        return value and value.removeprefix(STAYS)

    def is_remembered(self, connection: HTTPConnection[Any]) -> bool:
        """Tell whether the cookie that the browser sent outlives it."""
        return (super().read(connection) or "").startswith(STAYS)

    def write(
        self, connection: HTTPConnection[Any], response: Response, token: str, *, remember: bool, max_age: int = 0
    ) -> None:
        """Set the cookie as `TokenCookie` does, with a mark that says whether it was with `remember`."""
        marked = f"{STAYS}{token}" if remember else token
        super().write(connection, response, marked, remember=remember, max_age=max_age)


class NoteCookie(SignedCookie):
    """A cookie that holds a small JSON object for a later request. The browser can read it, and change nothing."""

    def __init__(self, purpose: str, settings: Settings, max_age: int = TEN_MINUTES) -> None:
        super().__init__(purpose, settings, max_age)
        self.serializer = _build_serializer(purpose, settings)

    def read(self, connection: HTTPConnection[Any]) -> dict[str, Any]:
        """Return what was written, or an empty dictionary."""
        notes = (_load(self.serializer, value) for value in self._find_values(connection))
        return next(filter(None, notes), {})

    def write(self, connection: HTTPConnection[Any], response: Response, note: dict[str, Any]) -> None:
        """Set the cookie. A note that is too large is not written: a browser would drop it, and perhaps others too."""
        text = _dump(self.serializer, note)
        if len(text) <= BROWSER_LIMIT:
            self._write_signed(connection, response, text, self.max_age)


class NoteCookies:
    """Several notes of one purpose, each in a cookie of its own, so that two tabs do not overwrite each other's.

    A note's handle, 16 hex digits, is part of the cookie's name, which no other copy of the site has. The oldest notes
    make room for the newest.
    """

    def __init__(self, purpose: str, settings: Settings) -> None:
        self.prefix = f"{_name_cookie(purpose, settings)}-"
        self.is_https = settings.public.is_https
        self.serializer = _build_serializer(purpose, settings)

    def read_all(self, connection: HTTPConnection[Any]) -> dict[str, dict[str, Any]]:
        """Return the notes by their handles, the newest last."""
        named = (each for each in read_cookies(connection).items() if each[0].startswith(self.prefix))
        notes = [_load(self.serializer, value) | {"name": name} for name, value in islice(named, NOTES_LOOKED_AT)]
        own = [note for note in notes if note["name"] == f"{self.prefix}{note.get('handle')}"]
        return {note["handle"]: note for note in sorted(own, key=lambda note: int(note["number"]))}

    def write(self, connection: HTTPConnection[Any], response: Response, handle: str, note: dict[str, Any]) -> None:
        """Set the cookie of one note, as the newest."""
        others = [each for each in self.read_all(connection).values() if each["handle"] != handle]
        number = 1 + max((int(each["number"]) for each in others), default=0)
        text = _dump(self.serializer, {**note, "handle": handle, "number": number})
        size = len(text)
        _set(response, f"{self.prefix}{handle}", text, TEN_MINUTES, self.is_https)
        for count, each in enumerate(reversed(others), start=1):
            size += len(read_cookies(connection)[each["name"]])
            if count >= NOTES_COUNT or size > NOTES_LIMIT:
                self.clear(response, each["handle"])

    def clear(self, response: Response, handle: str) -> None:
        """Make the browser delete one note."""
        _set(response, f"{self.prefix}{handle}", "", 0, self.is_https)

    def clear_all(self, connection: HTTPConnection[Any], response: Response) -> None:
        """Make the browser delete all notes."""
        for handle in self.read_all(connection):
            self.clear(response, handle)


def read_cookies(connection: HTTPConnection[Any]) -> dict[str, str]:
    """Read the cookies of a request by name, once. One that is too long, or beyond the first 200, is not read."""
    state: dict[str, Any] = connection.scope.setdefault("state", {})
    if "cookies" not in state:
        headers = connection.headers.getlist("cookie")
        pairs = ";".join(headers).split(";", COOKIES_LIMIT)[:COOKIES_LIMIT]
        named = (pair.strip().partition("=") for pair in pairs if len(pair) <= VALUE_LIMIT)
        state["cookies"] = {name: value.strip('"') for name, equals, value in named if equals}
    return cast("dict[str, str]", state["cookies"])


def _load(serializer: URLSafeSerializer, value: str) -> dict[str, Any]:
    """Return the note in a value, or an empty one if the signature is not ours."""
    try:
        note = serializer.loads(value)
    except (BadData, UnicodeError, RecursionError):
        return {}
    return note if isinstance(note, dict) else {}


def _dump(serializer: URLSafeSerializer, note: dict[str, Any]) -> str:
    value = serializer.dumps(note)
    return value if isinstance(value, str) else value.decode("ascii")


def measure_note(note: dict[str, Any]) -> int:
    """Return the size of a note in bytes, before it is signed."""
    return len(json.dumps(note).encode())


def _order_keys(settings: Settings) -> list[str]:
    """Return the keys as itsdangerous wants them: the one that signs is its last, and our first."""
    return list(reversed(settings.secrets.signing_keys))


def _make_signer_options(purpose: str) -> dict[str, Any]:
    return {"salt": f"account-pages.{purpose}", "digest_method": hashlib.sha256}


def _build_serializer(purpose: str, settings: Settings) -> URLSafeSerializer:
    signing = _make_signer_options(purpose)
    return URLSafeSerializer(_order_keys(settings), salt=signing.pop("salt"), signer_kwargs=signing)


def _name_cookie(purpose: str, settings: Settings) -> str:
    return f"__Host-{purpose}" if settings.public.is_https else purpose


def _set(response: Response, name: str, value: str, max_age: int | None, is_https: bool) -> None:
    """Set a cookie of ours, whose name and value need no quoting. Python's own cookies take ten times as long."""
    age = "" if max_age is None else f" Max-Age={max_age};"
    response.headers.append("set-cookie", f"{name}={value}; HttpOnly;{age} Path=/; SameSite=lax{'; Secure' * is_https}")
