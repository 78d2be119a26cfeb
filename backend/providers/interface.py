"""What a provider is to the rules: where a log-in begins, and whose identity its end proves."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from backend.kernel.base64url import encode

Failure = Literal["permission_denied", "provider_refused", "provider_unavailable"]
LONGEST_SUBJECT = 255  # characters; OpenID Connect Core 2
LONGEST_ISSUER = 255


class ProviderError(Exception):
    """No identity was proven. `code` says why, in our words: the provider's own are shown to nobody.

    `permission_denied`: the person has refused or cancelled it there; `provider_refused`: what the provider says proves
    nothing; `provider_unavailable`: it says nothing.
    """

    def __init__(self, code: Failure, reason: str = "") -> None:
        super().__init__(reason or code)
        self.code = code


@dataclass(frozen=True)
class Flow:
    """One log-in at a provider, of which the browser brings back the `state` alone."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    callback: str

    @property
    def challenge(self) -> str:
        """The challenge of PKCE (RFC 7636, S256)."""
        return encode(hashlib.sha256(self.verifier.encode()).digest())


@dataclass(frozen=True)
class ProvenIdentity:
    """Who somebody is at a provider: `subject`, at `issuer`. `name` and `email` are its words, or "".

    `is_email_proven`: the provider can be believed that the address is theirs.
    """

    provider: str
    issuer: str
    subject: str
    name: str = ""
    email: str = ""
    is_email_proven: bool = False


class Provider(Protocol):
    """A provider that people can log in with."""

    @property
    def id(self) -> str: ...

    @property
    def name(self) -> str: ...

    async def start(self, flow: Flow, *, asks_which: bool = False) -> str:
        """Return the address at which the log-in begins; `asks_which`: account, where the provider can be told to.
        Raises ProviderError."""
        ...

    async def finish(self, flow: Flow, answer: Mapping[str, str]) -> ProvenIdentity:
        """Return whose identity the answer proves that the browser has brought back. Raises ProviderError."""
        ...


def check_subject(subject: object) -> str:
    """Return the id of a person, or raise ProviderError for one that is empty or cannot be kept."""
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or not subject.isprintable():
        raise ProviderError("provider_refused", "no subject")
    return subject
