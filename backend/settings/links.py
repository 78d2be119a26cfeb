"""The settings of mailed links."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from backend.kernel.app_schemes import is_app_scheme, normalize_app_origin
from serving.origins import normalize_origin
from serving.settings.declaring import Computed, setting
from serving.settings.kinds import SWITCH, WEB_ADDRESS, Kind, check_is_plain, whole_number
from serving.settings.reading import Reader
from serving.settings.shared import DAY


def _is_of_app(address: str) -> bool:
    return is_app_scheme(urlsplit(address).scheme)


def _parse_landing(value: str) -> str:
    normalize = normalize_app_origin if _is_of_app(value) else normalize_origin
    normalize(value)
    check_is_plain(value)
    return value


LANDING = Kind(
    _parse_landing,
    "a web address that begins with http:// or https://, or an app's such as com.example.app://auth, without a #",
)


def _check_landing(address: str | None, reader: Reader) -> None:
    if address and reader.is_embedded and _is_of_app(address):
        raise ValueError(f"must be {WEB_ADDRESS.expected}, for the site, not {address!r}")


def _default_landing(reader: Reader) -> str:
    site = reader["PUBLIC_URL"] if reader.is_embedded else "http://127.0.0.1:8000"
    return f"{site}/auth-redirect"


@dataclass(frozen=True)
class Links:
    """Mailed links."""

    redirect_url: str = setting(
        "REDIRECT_URL",
        LANDING,
        Computed(_default_landing, "`/auth-redirect` of the site"),
        "Where mailed links lead; with `python -m backend` also into a native app, such as `com.example.app://auth`.",
        _check_landing,
    )
    expiry: int = setting(
        "LINK_EXPIRY", whole_number(60, 7 * DAY, "seconds"), "3600", "Seconds until a mailed link expires."
    )
    has_button: bool = setting(
        "LINK_BUTTON",
        SWITCH,
        Computed(lambda reader: "off" if reader.is_embedded else "on", "`off`; with `python -m backend` `on`"),
        "Whether the backend shows a button of its own before a mailed link does anything; the site has one already.",
    )

    @property
    def site_host(self) -> str:
        """The host at which codes are typed, as mails name it: that of the site where links lead."""
        return urlsplit(self.redirect_url).netloc
