"""Log-ins at providers that have begun: each is kept, signed, in the browser that has begun it, and nowhere else.

So nothing is written before a provider has proven something, and no other browser can bring the answer.
"""

import base64
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from backend.kernel.keys import hash_secret, new_token
from backend.providers.interface import Flow
from backend.rules.context import Services
from backend.rules.sessions import SignedIn

FLOW_LIFETIME = timedelta(minutes=10)  # whoever has no account at the provider yet may have to make one
LONGEST = 1500  # characters


@dataclass(frozen=True)
class StartedFlow:
    """A log-in that has begun. `browser_hash` names its browser, if the front end has said it (`bind` in the contract),
    `name` is what the front end calls the log-in. `user_id` and `session_id` are of whoever connects an identity; of a
    log-in they are empty."""

    provider: str
    flow: Flow = field(repr=False)
    expires_at: datetime
    browser_hash: str = ""
    user_id: str = ""
    session_id: str = ""
    name: str = ""

    @property
    def connects(self) -> bool:
        return bool(self.session_id)


@dataclass(frozen=True)
class ConnectTicket:
    """The right to begin connecting an identity: of a session, at a provider, for a browser. It attaches nothing."""

    provider: str
    user_id: str
    session_id: str
    browser_hash: str
    expires_at: datetime


def begin_flow(
    services: Services, provider: str, browser_hash: str, name: str, ticket: ConnectTicket | None
) -> StartedFlow:
    """Begin a log-in, or to connect an identity where there is a ticket."""
    callback = f"{services.settings.public.url}/_auth/{provider}/callback"
    flow = Flow(state=new_token(), nonce=new_token(), verifier=new_token(), callback=callback)
    expires_at = services.clock() + FLOW_LIFETIME
    if ticket is None:
        return StartedFlow(provider, flow, expires_at, browser_hash, name=name)
    return StartedFlow(provider, flow, expires_at, ticket.browser_hash, ticket.user_id, ticket.session_id, name)


def name_flow(state: str) -> str:
    """Return what the flow of a `state` is called in the browser."""
    return hash_secret(state)[:16]


def write_flow(services: Services, started: StartedFlow) -> str:
    """Write a flow as the browser keeps it."""
    flow = started.flow
    secrets = [flow.state, flow.nonce, flow.verifier]
    whose = [started.browser_hash, started.user_id, started.session_id, started.name]
    return sign_parts(services, "flow", [started.provider, *secrets, *whose, _write_time(started.expires_at)])


def read_flow(services: Services, text: str, provider: str, state: str) -> StartedFlow | None:
    """Read a flow that was written here. None for any but that of this provider and `state`, and after its time."""
    parts = unsign_parts(services, "flow", text, 9)
    if parts is None or parts[:2] != [provider, state] or _is_over(services, parts[8]):
        return None
    callback = f"{services.settings.public.url}/_auth/{provider}/callback"
    flow = Flow(state=state, nonce=parts[2], verifier=parts[3], callback=callback)
    return StartedFlow(provider, flow, _read_time(parts[8]), *parts[4:8])


def make_ticket(services: Services, me: SignedIn, provider: str, browser_hash: str) -> tuple[str, datetime]:
    """Make the ticket with which a session begins to connect an identity. Return it, and when it expires."""
    expires_at = services.clock() + FLOW_LIFETIME
    parts = [provider, me.user.id, me.session.id, browser_hash, _write_time(expires_at)]
    return sign_parts(services, "connect", parts), expires_at


def read_ticket(services: Services, text: str, provider: str) -> ConnectTicket | None:
    """Read a ticket for a provider. None for any other, and after its time."""
    parts = unsign_parts(services, "connect", text, 5)
    if parts is None or parts[0] != provider or _is_over(services, parts[4]):
        return None
    return ConnectTicket(parts[0], parts[1], parts[2], parts[3], _read_time(parts[4]))


def sign_parts(services: Services, kind: str, parts: list[str]) -> str:
    """Write texts as one that a cookie or an address may hold, signed, of one kind."""
    content = base64.urlsafe_b64encode(json.dumps(parts).encode()).rstrip(b"=").decode()
    return services.keyring.sign(kind, content)


def unsign_parts(services: Services, kind: str, text: str, count: int, longest: int = LONGEST) -> list[str] | None:
    """Read the texts that were written as this one, or None if that was not here, or of another kind."""
    content = services.keyring.unsign(kind, text) if len(text) <= longest else None
    if content is None:
        return None
    parts: list[Any] = json.loads(base64.urlsafe_b64decode(content + "=" * (-len(content) % 4)))
    return parts if len(parts) == count else None


def _write_time(at: datetime) -> str:
    return str(int(at.timestamp()))


def _read_time(text: str) -> datetime:
    return datetime.fromtimestamp(int(text), UTC)


def _is_over(services: Services, expires_at: str) -> bool:
    return services.clock() >= _read_time(expires_at)
