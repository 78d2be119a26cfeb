"""The settings that both programs have: one variable means the same to either."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from branding.palette import Palette, derive_palette
from serving.origins import build_origin, is_loopback, own_origins
from serving.settings.declaring import Computed, Stored, derived, setting
from serving.settings.kinds import (
    COLOR,
    HEADER_SECRETS,
    LINK,
    NETWORKS,
    ORIGIN,
    OUR_FOLDER,
    SECRETS,
    SWITCH,
    one_line,
    whole_number,
)
from serving.settings.reading import Reader, make_data_dir

DAY = 24 * 60 * 60
SECRET_LENGTH = 32  # characters, in production
IN_PRODUCTION = "when PUBLIC_URL is not loopback"


def is_production(reader: Reader) -> bool:
    """Return whether PUBLIC_URL is not loopback: then links and cookies must not travel unencrypted."""
    return not is_loopback(reader["PUBLIC_URL"])


@dataclass(frozen=True)
class Server:
    """Where the program listens."""

    host: str = setting("HOST", one_line(), "127.0.0.1", "The address to listen at.")
    port: int = setting(
        "PORT",
        whole_number(1, 65_535),
        Computed(lambda reader: str(reader.default_port), "`8000`; with `python -m backend` `8001`"),
        "The port to listen at.",
    )


def _check_https(url: str | None, reader: Reader) -> None:
    url = url or _own_url(reader)
    if not url.startswith("https://") and not is_loopback(url):
        raise ValueError(f"must begin with https:// unless its host is loopback, not {url!r}")


def _own_url(reader: Reader) -> str:
    return build_origin("http", reader["HOST"], reader["PORT"])


@dataclass(frozen=True)
class Public:
    """What people see."""

    url: str = setting(
        "PUBLIC_URL",
        ORIGIN,
        Computed(_own_url, "`http://HOST:PORT`"),
        "The origin that people see in their address bar: mailed links, cookies and the allowed Host depend on it.",
        _check_https,
    )
    site_name: str = setting(
        "SITE_NAME", one_line(60), "Account pages", "The name of the product, on pages and in emails."
    )

    @property
    def is_https(self) -> bool:
        """Whether people reach the program over https."""
        return self.url.startswith("https://")

    @property
    def is_local(self) -> bool:
        """Whether people are at this computer. Anything else is taken for production."""
        return is_loopback(self.url)

    @property
    def origins(self) -> frozenset[str]:
        """The origins that people may see in their address bar."""
        return own_origins(self.url)


@dataclass(frozen=True)
class Look:
    """The owner's look."""

    accent: str | None = setting(
        "ACCENT_COLOR",
        COLOR,
        None,
        "The colour of buttons, links and icons, such as `#1f5f4f`; where it could not be read its lightness is moved, "
        "and the start says so.",
    )
    palette: Palette = derived(lambda reader: derive_palette(reader["ACCENT_COLOR"]))
    support_url: str | None = setting(
        "SUPPORT_URL", LINK, None, "Where people find help: a web page, or `mailto:` and an address."
    )


@dataclass(frozen=True)
class Data:
    """Where data is stored."""

    folder: Path = setting("DATA_DIR", OUR_FOLDER, "var", "The folder of local files; it is made if it is missing.")


def _check_signing_keys(keys: tuple[str, ...] | None, reader: Reader) -> None:
    if is_production(reader) and (not keys or any(len(key) < SECRET_LENGTH for key in keys)):
        raise ValueError(f"must be set {IN_PRODUCTION}, each key at least {SECRET_LENGTH} characters")


def _check_client_keys(keys: tuple[str, ...] | None, reader: Reader) -> None:
    if is_production(reader) and any(len(key) < SECRET_LENGTH for key in keys or ()):
        raise ValueError(f"must have at least {SECRET_LENGTH} characters in each key {IN_PRODUCTION}")


@dataclass(frozen=True)
class Secrets:
    """Secrets."""

    signing_keys: tuple[str, ...] = setting(
        "SECRET_KEY",
        SECRETS,
        Stored("secret-key"),
        "Signs cookies and mailed links; several keys with commas between: the first signs, all verify.",
        _check_signing_keys,
    )
    client_keys: tuple[str, ...] = setting(
        "ALTOGIC_CLIENT_KEY",
        HEADER_SECRETS,
        Stored("client-key"),
        "The key of the backend's clients; several keys with commas between: the backend takes any, the site sends the "
        "first.",
        _check_client_keys,
    )
    is_client_key_given: bool = derived(lambda reader: "ALTOGIC_CLIENT_KEY" in reader)

    @property
    def client_key(self) -> str:
        """The key that our own client sends."""
        return self.client_keys[0]


def _check_proxies(proxies: tuple[str, ...] | None, reader: Reader) -> None:
    if is_production(reader) and proxies is None:
        raise ValueError(f"must be set {IN_PRODUCTION}: to the addresses of the proxies in front of it, or to none")


@dataclass(frozen=True)
class Deployment:
    """Behind a proxy, and in several processes."""

    trusted_proxies: tuple[str, ...] = setting(
        "TRUSTED_PROXIES",
        NETWORKS,
        "none",
        "Addresses or networks of the proxies whose `X-Forwarded-For` is believed, with commas between, or `none`.",
        _check_proxies,
    )
    workers: int = setting("WORKERS", whole_number(1, 64), "1", "How many processes serve.")


@dataclass(frozen=True)
class Accounts:
    """Accounts."""

    email_confirmation: bool = setting(
        "EMAIL_CONFIRMATION",
        SWITCH,
        "on",
        "Whether people confirm their address; if `off`, whoever types an address first has its account, even where it "
        "is mistyped or someone else's.",
    )
    session_lifetime: int = setting(
        "SESSION_LIFETIME",
        whole_number(60, 3650 * DAY, "seconds"),
        str(30 * DAY),
        "Seconds until a session ends, however much it is used.",
    )


@dataclass(frozen=True)
class SharedSettings:
    """The rooms that both programs have. Durations are in seconds."""

    server: Server
    public: Public
    look: Look
    data: Data
    secrets: Secrets
    deployment: Deployment
    accounts: Accounts

    @classmethod
    def read(cls, reader: Reader, known: "SharedSettings | None" = None) -> Self:
        """Read and check all settings, taking from `known` the rooms that it has, and make DATA_DIR.

        Raises SettingsError for the first that is wrong.
        """
        settings = cls(**reader.read_rooms(cls, known))
        if not reader.is_dry:
            make_data_dir(settings.data.folder)
        return settings
