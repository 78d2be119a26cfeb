"""What the backend is told by its environment: read once, checked, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import URL

from backend.kernel.app_schemes import is_app_scheme
from backend.settings.kinds import (
    CLIENT_ORIGINS,
    DATABASE,
    LANDING,
    MAIL_ADDRESS,
    PASSWORD_HASHING,
    PasswordHashing,
    SmtpServer,
    read_smtp_server,
)
from serving.environment import (
    EXISTING_FOLDER,
    NETWORKS,
    ORIGINS,
    SWITCH,
    WEB_ADDRESS,
    Environment,
    SettingsError,
    positive_number,
    whole_number,
)
from serving.origins import host_of, is_loopback, origin_of
from serving.settings import DAY, SharedSettings, read_shared_fields, stored_secret

__all__ = ["Settings", "SettingsError", "SmtpServer"]

MIB = 1024 * 1024
BYTES_OF_A_FILE = whole_number(1024, 1024 * MIB, "bytes")
BYTES_OF_FILES = whole_number(1024, 1024 * 1024 * MIB, "bytes")


@dataclass(frozen=True)
class Settings(SharedSettings):
    """All settings of the backend. Durations are in seconds, sizes in bytes.

    `outbox`: whether mails are shown at /outbox, to whoever sits at this computer, instead of being sent.
    """

    redirect_url: str
    link_button: bool
    link_expiry: int
    database: URL
    mail_from: str
    mail_lease: int
    outbox: bool
    messages_dir: Path | None
    session_idle: int
    password_hashing: PasswordHashing
    file_limit: int
    storage_quota: int
    allowed_origins: tuple[str, ...]
    any_loopback_origin: bool
    limit_factor: float
    front_ends: tuple[str, ...]
    embedded: bool
    client_key_given: bool
    smtp: SmtpServer | None = field(repr=False)

    @staticmethod
    def from_environment(environ: Mapping[str, str], *, site: SharedSettings | None = None) -> "Settings":
        """Read the settings from variables; `site` is the site that embeds the backend.

        Makes DATA_DIR and the secrets stored there. Raises SettingsError, one line that names the variable.
        """
        env = Environment(environ)
        shared = site.shared_fields if site else read_shared_fields(env, port=8001)
        public_url, data_dir, given_keys = shared["public_url"], shared["data_dir"], shared["client_keys"]
        landing = site.public_url if site else "http://127.0.0.1:8000"
        smtp = read_smtp_server(env, public_url)
        redirect_url = env.read("REDIRECT_URL", WEB_ADDRESS if site else LANDING, f"{landing}/auth-redirect")
        return Settings(
            **{**shared, "client_keys": given_keys or (stored_secret(data_dir, "client-key"),)},
            redirect_url=redirect_url,
            link_button=env.read("LINK_BUTTON", SWITCH, "off" if site else "on"),
            link_expiry=env.read("LINK_EXPIRY", whole_number(60, 7 * DAY, "seconds"), "3600"),
            database=env.read("DATABASE_URL", DATABASE, f"sqlite:///{data_dir / 'accounts.db'}"),
            mail_from=env.read("MAIL_FROM", MAIL_ADDRESS, _default_sender(public_url)),
            mail_lease=env.read("MAIL_LEASE", whole_number(3, 60, "seconds"), "30"),
            outbox=env.read("OUTBOX", SWITCH, "off") and smtp is None and is_loopback(public_url),
            messages_dir=env.find("MESSAGES_DIR", EXISTING_FOLDER),
            session_idle=env.read("SESSION_IDLE", whole_number(60, 3650 * DAY, "seconds"), str(14 * DAY)),
            password_hashing=_read_password_hashing(env, public_url),
            file_limit=env.read("FILE_LIMIT", BYTES_OF_A_FILE, str(16 * MIB)),
            storage_quota=env.read("STORAGE_QUOTA", BYTES_OF_FILES, str(64 * MIB)),
            allowed_origins=env.read("ALLOWED_ORIGINS", ORIGINS if site else CLIENT_ORIGINS, _web_origin(redirect_url)),
            any_loopback_origin="ALLOWED_ORIGINS" not in env and is_loopback(public_url),
            front_ends=env.read("FRONT_ENDS", NETWORKS, "none"),
            limit_factor=env.read("LIMIT_FACTOR", positive_number(1_000_000), "1"),
            embedded=site is not None,
            client_key_given=bool(given_keys),
            smtp=smtp,
        )


def _read_password_hashing(env: Environment, public_url: str) -> PasswordHashing:
    """Read PASSWORD_HASHING. Raises SettingsError for `quick` where strangers could have accounts."""
    hashing = env.read("PASSWORD_HASHING", PASSWORD_HASHING, "owasp")
    if hashing == "quick" and not is_loopback(public_url):
        raise SettingsError("PASSWORD_HASHING: must be owasp when PUBLIC_URL is not loopback")
    return hashing


def _web_origin(url: str) -> str:
    """The origin of a page. An app has none at its address."""
    return "" if is_app_scheme(urlsplit(url).scheme) else origin_of(url)


def _default_sender(public_url: str) -> str:
    return "no-reply@localhost" if is_loopback(public_url) else f"no-reply@{host_of(public_url)}"
