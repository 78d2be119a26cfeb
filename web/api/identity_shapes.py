"""The shapes of the contract about providers and identities: accounts elsewhere, by which people log in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from web.api.shapes import read_instant, read_optional_instant

# What providers are called that the backend offers no more, but that sessions and events from before name. The ids are
# the contract's, which is all that site and backend have in common: so the backend has a list of its own
# (backend/settings/providers.py), and a test holds the two equal.
KNOWN_NAMES = {
    "google": "Google",
    "github": "GitHub",
    "apple": "Apple",
    "microsoft": "Microsoft",
    "facebook": "Facebook",
    "twitter": "X",
    "discord": "Discord",
}
METHOD_PREFIX = "oauth-"  # in front of a provider's id, in the method of a session


@dataclass(frozen=True)
class Provider:
    """Who vouches for a person. `url` is where a log-in with it begins, where one is offered."""

    id: str
    name: str
    url: str = ""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(str(data["id"]), str(data["name"]), str(data.get("url") or ""))


def read_offered(data: Any) -> tuple[Provider, ...]:
    """Return the providers of an answer, without any whose address a browser should not be led to."""
    found = [Provider.from_json(each) for each in data or ()]
    return tuple(each for each in found if each.url.startswith(("https://", "http://")))


@dataclass(frozen=True)
class Identity:
    """The person's account at a provider; `name` and `email` as that said them last, or empty."""

    id: str
    provider: Provider
    name: str
    email: str
    connected: datetime
    last_used: datetime | None = None

    @property
    def called(self) -> str:
        """What tells it from another account at the same provider."""
        return self.email or self.name

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        return cls(
            id=str(data["id"]),
            provider=Provider.from_json(data["provider"]),
            name=str(data.get("name") or ""),
            email=str(data.get("email") or ""),
            connected=read_instant(data["createdDtm"]),
            last_used=read_optional_instant(data.get("lastUsedDtm")),
        )


@dataclass(frozen=True)
class UnconfirmedIdentity:
    """An account at a provider that names no address it has checked. `email` is what it says all the same, or empty."""

    provider: Provider
    name: str = ""
    email: str = field(default="", repr=False)

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Self:
        provider = Provider.from_json(data["provider"])
        return cls(provider, str(data.get("name") or ""), str(data.get("email") or ""))
