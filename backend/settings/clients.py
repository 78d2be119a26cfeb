"""The settings of the backend's clients: who may call it from where."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from backend.kernel.app_schemes import is_app_scheme, normalize_app_origin
from serving.origins import normalize_origin, origin_of
from serving.settings.declaring import Computed, derived, setting
from serving.settings.kinds import NETWORKS, ORIGINS, Kind, check_is_bare, split_list
from serving.settings.reading import Reader
from serving.settings.shared import is_production


def _parse_origin(value: str) -> str:
    check_is_bare(value)
    return normalize_app_origin(value) if is_app_scheme(urlsplit(value).scheme) else normalize_origin(value)


CLIENT_ORIGINS = Kind(
    lambda value: tuple(_parse_origin(part) for part in split_list(value)),
    "an origin such as https://app.example.com or capacitor://localhost, or several with commas between",
)


def _check_origins(origins: tuple[str, ...] | None, reader: Reader) -> None:
    if reader.is_embedded and any(is_app_scheme(urlsplit(origin).scheme) for origin in origins or ()):
        raise ValueError(f"must be {ORIGINS.expected}, for the site")


def _default_origin(reader: Reader) -> str:
    """Return the origin of REDIRECT_URL; an app has none at its address."""
    url: str = reader["REDIRECT_URL"]
    return "" if is_app_scheme(urlsplit(url).scheme) else origin_of(url)


@dataclass(frozen=True)
class Clients:
    """Other front ends of the backend."""

    allowed_origins: tuple[str, ...] = setting(
        "ALLOWED_ORIGINS",
        CLIENT_ORIGINS,
        Computed(_default_origin, "the origin of `REDIRECT_URL`; while `PUBLIC_URL` is loopback, any of this computer"),
        "Origins whose pages may call the backend, with commas between; with `python -m backend` also those in apps, "
        "such as `capacitor://localhost`.",
        _check_origins,
    )
    front_ends: tuple[str, ...] = setting(
        "FRONT_ENDS",
        NETWORKS,
        "none",
        "Addresses of front ends that call for all their people without passing on whose call it is: limited by "
        "account, not by network.",
    )
    any_loopback_origin: bool = derived(lambda reader: "ALLOWED_ORIGINS" not in reader and not is_production(reader))
