"""What can be set, read once from the environment and checked before anything starts."""

import ipaddress
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
DAY = 86_400
HOST = r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|[0-9a-f:.]+"  # a name or an address; it ends up in a header
PRODUCTION_SECRET_LENGTH = 32
SECRET = ("SECRET_KEY", "ALTOGIC_CLIENT_KEY")  # never shown, not even in an error

T = TypeVar("T")


class SettingsError(ValueError):
    """A setting is wrong. The text is one line that names the variable and says what it may be."""


@dataclass(frozen=True)
class Settings:
    """The site's settings; every one has a working local default.

    `public_url` is an origin without a trailing slash; lifetimes are in seconds; `secret_keys` are tried in order
    and the first signs. `backend_url` is empty when the backend is embedded.
    """

    host: str
    port: int
    public_url: str
    data_dir: Path
    secret_keys: tuple[str, ...] = field(repr=False)
    backend_url: str
    client_key: str = field(repr=False)
    storage_origin: str
    site_name: str
    email_confirmation: bool
    password_minimum: int
    session_lifetime: int
    trusted_proxies: tuple[str, ...]
    workers: int

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Read and check all of them. Raises SettingsError at the first that is wrong."""
        env = Environment(environ)
        host = env.text("HOST", "127.0.0.1")
        port = env.number("PORT", 8000, 1, 65_535)
        public_url = env.origin("PUBLIC_URL", f"http://{_bracketed(host)}:{port}")
        production = not is_loopback(public_url)
        if production and not public_url.startswith("https://"):
            raise SettingsError(f"PUBLIC_URL: must begin with https:// unless its host is loopback, not {public_url!r}")
        backend_url = env.web_address("ALTOGIC_ENV_URL", "")
        data_dir = env.folder("DATA_DIR", "var")
        return cls(
            host=host,
            port=port,
            public_url=public_url,
            data_dir=data_dir,
            secret_keys=_secret_keys(env, data_dir, production=production),
            backend_url=backend_url,
            client_key=_client_key(env, backend_url),
            storage_origin=env.origin("STORAGE_ORIGIN", origin_of(backend_url)),
            site_name=env.text("SITE_NAME", "Account pages", longest=60),
            email_confirmation=env.switch("EMAIL_CONFIRMATION", default=True),
            password_minimum=env.number("PASSWORD_MINIMUM", 12, 6, 256),
            session_lifetime=env.number("SESSION_LIFETIME", 30 * DAY, 60, 3650 * DAY),
            trusted_proxies=env.networks("TRUSTED_PROXIES"),
            workers=env.number("WORKERS", 1, 1, 64),
        )

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def origins(self) -> frozenset[str]:
        """The origins people may see in their address bar: loopback has three names for one place."""
        if not is_loopback(self.public_url):
            return frozenset({self.public_url})
        parts = urlsplit(self.public_url)
        port = f":{parts.port}" if parts.port else ""
        return frozenset(f"{parts.scheme}://{name}{port}" for name in LOOPBACK)


class Environment:
    """Typed reading of a mapping of strings. An empty value counts as unset."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.environ = environ

    def text(self, name: str, default: str, *, longest: int = 255) -> str:
        def line(value: str) -> str:
            if len(value) > longest or not value.isprintable():
                raise ValueError
            return value

        return self._read(name, default, line, f"one line of at most {longest} characters")

    def number(self, name: str, default: int, least: int, most: int) -> int:
        def whole(value: str) -> int:
            if not re.fullmatch(r"[0-9]{1,12}", value) or not least <= int(value) <= most:
                raise ValueError
            return int(value)

        return self._read(name, default, whole, f"a whole number from {least} to {most}")

    def switch(self, name: str, *, default: bool) -> bool:
        return self._read(name, default, {"on": True, "off": False}.__getitem__, "on or off")

    def origin(self, name: str, default: str) -> str:
        def bare(value: str) -> str:
            parts = urlsplit(value)
            if parts.path.strip("/") or parts.query or parts.fragment or parts.username:
                raise ValueError
            return _checked_origin(value)

        return self._read(name, default, bare, "an origin such as https://example.com, without a path")

    def web_address(self, name: str, default: str) -> str:
        def address(value: str) -> str:
            _checked_origin(value)
            return value.rstrip("/")

        return self._read(name, default, address, "a web address such as https://c1-na.altogic.com/e:…")

    def folder(self, name: str, default: str) -> Path:
        def made(value: str) -> Path:
            path = Path(value)
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            if not os.access(path, os.W_OK | os.X_OK):
                raise PermissionError
            return path

        return self._parsed(name, self._raw(name) or default, made, "a folder to write to")

    def networks(self, name: str) -> tuple[str, ...]:
        def checked(value: str) -> tuple[str, ...]:
            return tuple(str(ipaddress.ip_network(part.strip(), strict=False)) for part in value.split(","))

        return self._read(name, (), checked, "addresses or networks, comma-separated, such as 10.0.0.0/8")

    def _raw(self, name: str) -> str:
        return self.environ.get(name, "").strip()

    def _read(self, name: str, default: T, parse: Callable[[str], T], expected: str) -> T:
        value = self._raw(name)
        return self._parsed(name, value, parse, expected) if value else default

    def _parsed(self, name: str, value: str, parse: Callable[[str], T], expected: str) -> T:
        try:
            return parse(value)
        except (ValueError, LookupError, OSError):
            shown = "what it is now" if name in SECRET else repr(value)
            raise SettingsError(f"{name}: must be {expected}, not {shown}") from None


def origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}" if parts.netloc else ""


def is_loopback(origin: str) -> bool:
    host = urlsplit(origin).hostname or ""
    return host in ("localhost", "::1") or host.startswith("127.")


def read_env_file(path: Path) -> dict[str, str]:
    """The `NAME=value` lines of a `.env` file; blank lines and comments are skipped, quotes around a value dropped."""
    if not path.is_file():
        return {}
    lines = (line.strip().removeprefix("export ") for line in path.read_text("utf-8").splitlines())
    pairs = (line.split("=", 1) for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): _unquoted(value.strip()) for name, value in pairs}


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def _checked_origin(url: str) -> str:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or parts.username or not re.fullmatch(HOST, host):
        raise ValueError
    standard = {"http": 80, "https": 443}[parts.scheme]
    port = f":{parts.port}" if parts.port and parts.port != standard else ""
    return f"{parts.scheme}://{_bracketed(host)}{port}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _client_key(env: Environment, backend_url: str) -> str:
    key = env.text("ALTOGIC_CLIENT_KEY", "")
    if backend_url and not key:
        raise SettingsError("ALTOGIC_CLIENT_KEY: must be the key of the backend that ALTOGIC_ENV_URL names")
    return key


def _secret_keys(env: Environment, data_dir: Path, *, production: bool) -> tuple[str, ...]:
    given = tuple(key.strip() for key in env.text("SECRET_KEY", "", longest=4096).split(",") if key.strip())
    if production and (not given or any(len(key) < PRODUCTION_SECRET_LENGTH for key in given)):
        raise SettingsError(f"SECRET_KEY: must be set when PUBLIC_URL is not loopback, "
                            f"each key at least {PRODUCTION_SECRET_LENGTH} characters")  # fmt: skip
    return given or (kept_secret(data_dir / "secret-key"),)


def kept_secret(path: Path) -> str:
    """The secret in this file, made (256 bits, mode 0600) if there is none. Two processes that start at once agree."""
    if not path.exists():
        draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
        with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(32) + "\n")
        try:
            path.hardlink_to(draft)  # fails if another process was first, and then its secret is the one
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
