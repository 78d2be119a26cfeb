"""The setting of passkeys: the domain that they belong to, for ever."""

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from serving.origins import build_origin, is_loopback
from serving.settings.declaring import derived, setting
from serving.settings.kinds import Kind
from serving.settings.reading import Reader

NAME = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


@dataclass(frozen=True)
class RelyingParty:
    """What passkeys are bound to. `id` is a domain, `origin` the only one whose pages may use them."""

    id: str
    origin: str


def _parse_domain(value: str) -> str:
    domain = value.lower()
    if not NAME.fullmatch(domain) or _is_address(domain):
        raise ValueError
    return domain


DOMAIN = Kind(_parse_domain, "a domain such as example.com")


def _check_domain(domain: str | None, reader: Reader) -> None:
    if domain is None:
        return
    host = _find_host(reader)
    if domain != host and not (host.endswith(f".{domain}") and "." in domain):
        raise ValueError(f"must be {host!r}, where people open the site, or a domain above it, not {domain!r}")


def _find_host(reader: Reader) -> str:
    """Return the host at which people open the site; `localhost` for a number of this computer, for browsers know no
    passkeys of numbers."""
    url: str = reader["REDIRECT_URL"]
    return "localhost" if is_loopback(url) else urlsplit(url).hostname or ""


def _find_relying_party(reader: Reader) -> RelyingParty | None:
    """Return none where no browser would take it: for an app, a number, or a page without https."""
    parts, host = urlsplit(reader["REDIRECT_URL"]), _find_host(reader)
    is_secure = parts.scheme == "https" or (parts.scheme == "http" and host == "localhost")
    if not is_secure or _is_address(host):
        return None
    return RelyingParty(reader["PASSKEY_DOMAIN"] or host, build_origin(parts.scheme, host, parts.port))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Passkeys:
    """Passkeys."""

    domain: str | None = setting(
        "PASSKEY_DOMAIN",
        DOMAIN,
        None,
        "The domain that passkeys belong to: the host where people open the site, or one above it, such as "
        "`example.com`; if not set, that host. Another one later makes all passkeys worthless.",
        _check_domain,
    )
    relying_party: RelyingParty | None = derived(_find_relying_party)
