"""One's own accounts at providers: listed, connected, removed."""

from collections.abc import Sequence
from datetime import datetime

from backend.kernel.events import EventKind
from backend.kernel.keys import hash_secret
from backend.kernel.refusals import refusal
from backend.mail.identity_letters import IDENTITY_CONNECTED, IDENTITY_REMOVED
from backend.mail.letter import Letter
from backend.rules.confirmation import can_be_mailed
from backend.rules.connecting import connect
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event
from backend.rules.mail_limits import count_told_act
from backend.rules.mailer import Mailer
from backend.rules.profile import reload_user
from backend.rules.proven_identities import IdentityPurpose, find_live, find_name
from backend.rules.provider_flows import make_ticket
from backend.rules.reauthentication import require_recent_confirmation
from backend.rules.sessions import SignedIn
from backend.rules.ways_in import has_way_in
from backend.store import Queries
from backend.store.records import Identity, ProvenRow, User


async def list_identities(services: Services, me: SignedIn) -> Sequence[Identity]:
    """List the caller's identities, oldest first."""
    return await services.store.read(_list, me.user)


def _list(queries: Queries, user: User) -> Sequence[Identity]:
    return queries.identities.list_for_user(user.id)


async def begin_connecting(services: Services, me: SignedIn, provider: str, browser_hash: str) -> tuple[str, datetime]:
    """Return the ticket with which the caller's browser begins, and when it expires.

    Raises `not_allowed` for a provider that is not set, or `confirmation_required`: by a second factor where that is
    on, for it is a way in that outlives a new password.
    """
    if provider not in services.providers:
        raise refusal("not_allowed", param="provider")
    require_recent_confirmation(services, me, strong=True)
    return make_ticket(services, me, provider, browser_hash)


async def connect_identity(services: Services, me: SignedIn, token: str, client: ClientInfo) -> Sequence[Identity]:
    """Connect what the provider has proven to the session that has begun it, mail the owner, and return the list.

    Raises `invalid_access_token` for what another session has begun, `invalid_token_type` for the token of a log-in,
    `identity_taken` where somebody else has the identity, or `rate_limit_exceeded`.
    """
    connected = await services.store.write(_connect, services, me, token, client)
    services.mail_waits.set()
    return connected


def _connect(queries: Queries, services: Services, me: SignedIn, token: str, client: ClientInfo) -> Sequence[Identity]:
    now = services.clock()
    row = queries.proven_identities.find_by_token(hash_secret(token))
    if row and row.session_id == me.session.id and row.spent_at and _is_own(queries, me.user, row):
        return _list(queries, me.user)  # the second click of a double click
    row = find_live(queries, token, IdentityPurpose.CONNECT, now)
    if row.user_id != me.user.id or row.session_id != me.session.id:
        raise refusal("invalid_access_token")
    queries.proven_identities.spend(row.id, me.user.id, now)
    if not _is_own(queries, me.user, row):
        count_told_act(queries, services, me.user.id)
        if not connect(queries, me.user.id, row, client, now):
            raise refusal("identity_taken")
        _tell_owner(queries, services, me.user, IDENTITY_CONNECTED, row.provider, client)
    return _list(queries, me.user)


def _is_own(queries: Queries, user: User, row: ProvenRow) -> bool:
    identity = queries.identities.find(row.provider, row.issuer, row.subject)
    return identity is not None and identity.user_id == user.id


async def remove_identity(services: Services, me: SignedIn, identity_id: str, client: ClientInfo) -> Sequence[Identity]:
    """Remove one of the caller's identities, mail them, and return those that stay.

    Raises `identity_not_found`, `last_way_in` where nothing else would let them in, or `confirmation_required`.
    """
    require_recent_confirmation(services, me, strong=True)
    left = await services.store.write(_remove, services, me, identity_id, client)
    services.mail_waits.set()
    return left


def _remove(
    queries: Queries, services: Services, me: SignedIn, identity_id: str, client: ClientInfo
) -> Sequence[Identity]:
    user, now = reload_user(queries, me.user), services.clock()
    identity = next((each for each in _list(queries, user) if each.id == identity_id), None)
    if identity is None:
        raise refusal("identity_not_found", param="id")
    queries.identities.delete(identity)
    if not has_way_in(queries, services, user):
        raise refusal("last_way_in")
    record_event(queries, user.id, EventKind.IDENTITY_REMOVED, client, now, provider=identity.provider)
    _tell_owner(queries, services, user, IDENTITY_REMOVED, identity.provider, client)
    return _list(queries, user)


def _tell_owner(
    queries: Queries, services: Services, user: User, letter: Letter, provider: str, client: ClientInfo
) -> None:
    if can_be_mailed(services, user):
        Mailer(queries, services, client).send_identity_letter(user, letter, find_name(services, provider))
