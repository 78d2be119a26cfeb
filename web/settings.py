"""The settings of the site, in rooms: read once, checked, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from serving.origins import origin_of
from serving.settings import SettingsError
from serving.settings.declaring import Computed, setting
from serving.settings.kinds import ORIGIN, WEB_ADDRESS, Kind, whole_number
from serving.settings.reading import Reader
from serving.settings.shared import SharedSettings

__all__ = ["Settings", "SettingsError"]

PORT = 8000
BACKEND_URL = Kind(lambda value: value and WEB_ADDRESS.parse(value).rstrip("/"), WEB_ADDRESS.expected)
STORAGE_ORIGIN = Kind(lambda value: value and ORIGIN.parse(value), ORIGIN.expected)


def _check_backend_url(url: str | None, reader: Reader) -> None:
    if url and "ALTOGIC_CLIENT_KEY" not in reader:
        raise SettingsError("ALTOGIC_CLIENT_KEY: must be the key of the backend that ALTOGIC_ENV_URL names")


@dataclass(frozen=True)
class Backend:
    """The site's backend."""

    url: str = setting(
        "ALTOGIC_ENV_URL",
        BACKEND_URL,
        Computed(lambda _: "", "embedded"),
        "The address of another backend of the contract: Altogic itself, or `python -m backend`.",
        _check_backend_url,
    )
    storage_origin: str = setting(
        "STORAGE_ORIGIN",
        STORAGE_ORIGIN,
        Computed(lambda reader: origin_of(reader["ALTOGIC_ENV_URL"]), "the origin of `ALTOGIC_ENV_URL`"),
        "The origin that photos may come from.",
    )


@dataclass(frozen=True)
class Passwords:
    """Passwords, at the site."""

    minimum: int = setting("PASSWORD_MINIMUM", whole_number(6, 256), "12", "Characters of the shortest password.")


@dataclass(frozen=True)
class Settings(SharedSettings):
    """The settings of the site; each has a default that works on this computer."""

    backend: Backend
    passwords: Passwords

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """Read and check all settings. Raises SettingsError for the first that is wrong."""
        return cls.read(Reader(environ, default_port=PORT))
