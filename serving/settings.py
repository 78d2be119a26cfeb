"""The settings that both programs have: one variable means the same to either."""

from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from serving.environment import (
    FOLDER_OF_OURS,
    HEADER_SECRETS,
    NETWORKS,
    ORIGIN,
    SECRETS,
    SWITCH,
    Environment,
    SettingsError,
    one_line,
    whole_number,
)
from serving.origins import build_origin, is_loopback
from serving.stored_secrets import load_or_create_secret

DAY = 24 * 60 * 60
SECRET_LENGTH = 32  # characters, in production


@dataclass(frozen=True)
class SharedSettings:
    """`public_url` is an origin without a trailing slash; the first of `secret_keys` signs, all verify; any of
    `client_keys` lets a client in, and there is none where nobody set one; durations are in seconds."""

    host: str
    port: int
    public_url: str
    data_dir: Path
    site_name: str
    email_confirmation: bool
    session_lifetime: int
    trusted_proxies: tuple[str, ...]
    workers: int
    secret_keys: tuple[str, ...] = field(repr=False)
    client_keys: tuple[str, ...] = field(repr=False)

    @property
    def client_key(self) -> str:
        """The key that our own client sends, empty where nobody set one."""
        return self.client_keys[0] if self.client_keys else ""

    @property
    def is_https(self) -> bool:
        return self.public_url.startswith("https://")

    @property
    def is_local(self) -> bool:
        """Whether people are at this machine. Anything else is taken for production."""
        return is_loopback(self.public_url)

    @property
    def shared_fields(self) -> dict[str, Any]:
        """These alone, for the settings of another program in this process."""
        return {shared.name: getattr(self, shared.name) for shared in fields(SharedSettings)}


def read_shared_fields(env: Environment, *, port: int) -> dict[str, Any]:
    """Read the fields of SharedSettings, make DATA_DIR, and demand of production what protects it.

    Raises SettingsError.
    """
    host = env.read("HOST", one_line(), "127.0.0.1")
    port = env.read("PORT", whole_number(1, 65_535), str(port))
    public_url = env.read("PUBLIC_URL", ORIGIN, build_origin("http", host, port))
    if not is_loopback(public_url):
        _check_production(env, public_url)
    data_dir = env.read("DATA_DIR", FOLDER_OF_OURS, "var")
    return {
        "host": host,
        "port": port,
        "public_url": public_url,
        "data_dir": data_dir,
        "site_name": env.read("SITE_NAME", one_line(60), "Account pages"),
        "email_confirmation": env.read("EMAIL_CONFIRMATION", SWITCH, "on"),
        "session_lifetime": env.read("SESSION_LIFETIME", whole_number(60, 3650 * DAY, "seconds"), str(30 * DAY)),
        "trusted_proxies": env.read("TRUSTED_PROXIES", NETWORKS, "none"),
        "workers": env.read("WORKERS", whole_number(1, 64), "1"),
        "secret_keys": env.read("SECRET_KEY", SECRETS, "") or (stored_secret(data_dir, "secret-key"),),
        "client_keys": env.find("ALTOGIC_CLIENT_KEY", HEADER_SECRETS) or (),
    }


def stored_secret(data_dir: Path, name: str) -> str:
    """Load or create the secret of that name. Raises SettingsError."""
    try:
        return load_or_create_secret(data_dir / name)
    except (OSError, ValueError) as error:
        raise SettingsError(f"DATA_DIR: the file {name} in {str(data_dir)!r} cannot be used: {error}") from error


def _check_production(env: Environment, public_url: str) -> None:
    """Anything but loopback is taken for the real thing, where links and cookies must not travel in the clear."""
    when = "when PUBLIC_URL is not loopback"
    if not public_url.startswith("https://"):
        raise SettingsError(f"PUBLIC_URL: must begin with https:// unless its host is loopback, not {public_url!r}")
    keys = env.read("SECRET_KEY", SECRETS, "")
    if not keys or any(len(key) < SECRET_LENGTH for key in keys):
        raise SettingsError(f"SECRET_KEY: must be set {when}, each key at least {SECRET_LENGTH} characters")
    client_keys = env.find("ALTOGIC_CLIENT_KEY", HEADER_SECRETS) or ()
    if any(len(key) < SECRET_LENGTH for key in client_keys):
        raise SettingsError(f"ALTOGIC_CLIENT_KEY: must have at least {SECRET_LENGTH} characters in each key {when}")
    if "TRUSTED_PROXIES" not in env:
        raise SettingsError(
            f"TRUSTED_PROXIES: must be set {when}: to the addresses of the proxies in front of it, or to none"
        )
