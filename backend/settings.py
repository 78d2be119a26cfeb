"""What the backend is told by its environment: read once, checked, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import URL

from backend import environment as read
from backend.environment import SettingsError, SmtpServer
from backend.kept_secrets import kept_secret

__all__ = ["Settings", "SettingsError", "SmtpServer"]

DAY = 24 * 60 * 60
MIB = 1024 * 1024


@dataclass(frozen=True)
class Settings:
    """All settings of the backend. Durations are in seconds, sizes in bytes, URLs have no trailing slash."""

    host: str
    port: int
    public_url: str
    redirect_url: str
    link_button: bool
    link_expiry: int
    data_dir: Path
    database: URL
    mail_from: str
    site_name: str
    messages_dir: Path | None
    email_confirmation: bool
    session_lifetime: int
    session_idle: int
    file_limit: int
    storage_quota: int
    allowed_origins: tuple[str, ...]
    any_loopback_origin: bool
    limit_factor: float
    trusted_proxies: tuple[str, ...]
    workers: int
    embedded: bool
    client_key_given: bool
    secret_keys: tuple[str, ...] = field(repr=False)
    client_key: str = field(repr=False)
    smtp: SmtpServer | None = field(repr=False)

    @property
    def outbox(self) -> bool:
        """Whether mails are shown at /outbox instead of being sent."""
        return self.smtp is None and read.is_loopback(self.public_url)

    @staticmethod
    def from_environment(environ: Mapping[str, str], *, embedded_at: str | None = None) -> "Settings":
        """Settings from variables; `embedded_at` is the PUBLIC_URL of the site that embeds the backend.

        Makes DATA_DIR and the secrets kept there. Raises SettingsError, one line that names the variable.
        """
        given = {name: value.strip() for name, value in environ.items() if value.strip()}
        host, port = read.text(given, "HOST", "127.0.0.1"), read.integer(given, "PORT", 8001, 1, 65535)
        public_url = embedded_at or read.origin(given, "PUBLIC_URL", f"http://{_in_url(host)}:{port}")
        redirect_url = read.web_address(given, "REDIRECT_URL", _default_redirect(embedded_at))
        _check_production(given, public_url)
        data_dir = read.data_folder(given, "DATA_DIR", "var")
        return Settings(
            host=host,
            port=port,
            public_url=public_url.rstrip("/"),
            redirect_url=redirect_url,
            link_button=read.switch(given, "LINK_BUTTON", embedded_at is None),
            link_expiry=read.integer(given, "LINK_EXPIRY", 3600, 60, 604800),
            data_dir=data_dir,
            database=read.database(given, "DATABASE_URL", data_dir / "accounts.db"),
            mail_from=read.mail_address(given, "MAIL_FROM", _default_sender(public_url)),
            site_name=read.one_line(given, "SITE_NAME", "Account pages"),
            messages_dir=read.existing_folder(given, "MESSAGES_DIR"),
            email_confirmation=read.switch(given, "EMAIL_CONFIRMATION", True),
            session_lifetime=read.integer(given, "SESSION_LIFETIME", 30 * DAY, 60, 3650 * DAY),
            session_idle=read.integer(given, "SESSION_IDLE", 14 * DAY, 60, 3650 * DAY),
            file_limit=read.integer(given, "FILE_LIMIT", 16 * MIB, 1024, 1024 * MIB),
            storage_quota=read.integer(given, "STORAGE_QUOTA", 64 * MIB, 1024, 1024 * 1024 * MIB),
            allowed_origins=read.origins(given, "ALLOWED_ORIGINS", read.origin_of(redirect_url)),
            any_loopback_origin="ALLOWED_ORIGINS" not in given,
            limit_factor=read.positive_number(given, "LIMIT_FACTOR", 1.0, 1_000_000),
            trusted_proxies=read.networks(given, "TRUSTED_PROXIES"),
            workers=read.integer(given, "WORKERS", 1, 1, 64),
            embedded=embedded_at is not None,
            client_key_given="ALTOGIC_CLIENT_KEY" in given,
            secret_keys=_secret_keys(given, data_dir),
            client_key=read.header_value(given, "ALTOGIC_CLIENT_KEY") or _kept(data_dir, "client-key"),
            smtp=read.smtp_server(given, "SMTP_URL"),
        )


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _default_redirect(embedded_at: str | None) -> str:
    return f"{embedded_at.rstrip('/') if embedded_at else 'http://127.0.0.1:8000'}/auth-redirect"


def _default_sender(public_url: str) -> str:
    return "no-reply@localhost" if read.is_loopback(public_url) else f"no-reply@{read.host_of(public_url)}"


def _check_production(given: Mapping[str, str], public_url: str) -> None:
    """Anything but loopback is taken for the real thing, and mailed links must not travel in the clear."""
    if read.is_loopback(public_url):
        return
    if not public_url.startswith("https://"):
        raise SettingsError(f"PUBLIC_URL: must begin with https:// unless its host is loopback, not {public_url!r}")
    if len(given.get("SECRET_KEY", "").split(",")[0].strip()) < 16:
        raise SettingsError("SECRET_KEY: must be set, to 16 characters or more, when PUBLIC_URL is not loopback")


def _secret_keys(given: Mapping[str, str], data_dir: Path) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in given.get("SECRET_KEY", "").split(",") if key.strip())
    return keys or (_kept(data_dir, "secret-key"),)


def _kept(data_dir: Path, name: str) -> str:
    try:
        return kept_secret(data_dir, name)
    except (OSError, ValueError) as error:
        raise SettingsError(f"DATA_DIR: must be a folder that can be written, not {str(data_dir)!r}") from error
