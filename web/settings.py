"""What can be set at the site, read once from the environment and checked before anything starts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from serving.environment import ORIGIN, WEB_ADDRESS, Environment, SettingsError, whole_number
from serving.origins import origin_of, own_origins
from serving.settings import SharedSettings, read_shared_fields

__all__ = ["Settings", "SettingsError", "read_env_file"]


@dataclass(frozen=True)
class Settings(SharedSettings):
    """The site's settings; every one has a working local default.

    `backend_url` has no trailing slash, and is empty when the backend is embedded.
    """

    backend_url: str
    storage_origin: str
    password_minimum: int

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        """Read and check all of them. Raises SettingsError at the first that is wrong."""
        env = Environment(environ)
        shared = read_shared_fields(env, port=8000)
        backend_url = (env.find("ALTOGIC_ENV_URL", WEB_ADDRESS) or "").rstrip("/")
        if backend_url and not shared["client_keys"]:
            raise SettingsError("ALTOGIC_CLIENT_KEY: must be the key of the backend that ALTOGIC_ENV_URL names")
        return cls(
            **shared,
            backend_url=backend_url,
            storage_origin=env.find("STORAGE_ORIGIN", ORIGIN) or origin_of(backend_url),
            password_minimum=env.read("PASSWORD_MINIMUM", whole_number(6, 256), "12"),
        )

    @property
    def origins(self) -> frozenset[str]:
        """The origins people may see in their address bar."""
        return own_origins(self.public_url)


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
