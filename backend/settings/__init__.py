"""The settings of the backend, in rooms: read once, checked, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from backend.settings.accounts import Passwords, Sessions
from backend.settings.clients import Clients
from backend.settings.database import Database
from backend.settings.files import Files
from backend.settings.limits import Limits
from backend.settings.links import Links
from backend.settings.mail import Mail, SmtpServer
from backend.settings.passkeys import Passkeys
from backend.settings.phones import Phones
from backend.settings.providers import Providers
from serving.settings import SettingsError
from serving.settings.reading import Reader
from serving.settings.shared import SharedSettings

__all__ = ["Settings", "SettingsError", "SmtpServer"]

PORT = 8001


@dataclass(frozen=True)
class Settings(SharedSettings):
    """The settings of the backend. Durations are in seconds, sizes in bytes."""

    database: Database
    mail: Mail
    links: Links
    passwords: Passwords
    passkeys: Passkeys
    phones: Phones
    providers: Providers
    sessions: Sessions
    files: Files
    clients: Clients
    limits: Limits

    @classmethod
    def from_environment(cls, environ: Mapping[str, str], *, site: SharedSettings | None = None) -> Self:
        """Read the settings from variables; `site` is the site that embeds the backend.

        Makes DATA_DIR and the secrets stored there. Raises SettingsError, one line that names the variable.
        """
        return cls.read(Reader(environ, default_port=PORT, is_embedded=site is not None), site)
