"""Access tokens, which mailed links give: described, traded for a session, disowned, spent once."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend.kernel.keys import hash_secret
from backend.kernel.refusals import RefusalError, refusal
from backend.mail.letter import CONFIRM, LOG_IN, REMOVE_FACTORS
from backend.mail.letters import DISOWNABLE, LASTING
from backend.rules import limits
from backend.rules.cancellation import delete_registrations
from backend.rules.confirmation import (
    ConfirmationForm,
    confirm_email,
    confirm_registration,
    describe_confirmation,
)
from backend.rules.connected_identities import tell_connected
from backend.rules.context import ClientInfo, Services
from backend.rules.disowning import disown_notice
from backend.rules.double_clicks import find_opened_by_link, note_use
from backend.rules.first_proof import make_way, prove_email
from backend.rules.identity_mails import connect_waiting, find_waiting
from backend.rules.links import State, get_link_state
from backend.rules.lost_factors import needs_password
from backend.rules.password_checks import hash_new_password
from backend.rules.proven_identities import NamedProvider, find_name
from backend.rules.provider_log_in import trade_token
from backend.rules.sessions import NewSession, has_left, open_session, write_log_in
from backend.rules.tickets import SecondStep
from backend.store import Queries
from backend.store.records import Link

LOGS_IN = frozenset({CONFIRM, LOG_IN})
CONFIRMS = frozenset({CONFIRM})


@dataclass(frozen=True)
class LinkStatus:
    """Whose link an access token, or a handle, belongs to, whether it works, and what a confirmation asks for.

    `is_in_force`: the link's address is that of the account. `provider`: whose identity its use connects in the asking
    browser.
    """

    link: Link
    state: State
    confirmation: ConfirmationForm
    is_in_force: bool
    needs_password: bool = field(default=False, repr=False)
    provider: NamedProvider | None = None

    @property
    def notice(self) -> str:
        """The letter of a mail that tells of what was done, or ""."""
        return self.link.letter if self.link.letter in DISOWNABLE else ""


async def describe_link(services: Services, token: str, client: ClientInfo) -> LinkStatus:
    """Describe the link of an access token or of a handle. Raises `unknown_access_token`."""
    status = await services.store.read(_find_status, services, token, client)
    if status is None:
        raise refusal("unknown_access_token")
    return status


def _find_status(queries: Queries, services: Services, token: str, client: ClientInfo) -> LinkStatus | None:
    digest, now = hash_secret(token), services.clock()
    link = queries.links.find_by_access_token(digest)
    state = get_token_state(services, link, now) if link else None
    if link is None:
        link = queries.links.find_by_handle(digest)
        state = get_link_state(link, now) if link else None
    if link is None or state is None:
        return None
    user = queries.users.find_by_id(link.user_id)
    is_in_force = user is not None and user.email == link.email
    asks_password = user is not None and link.kind == REMOVE_FACTORS and needs_password(queries, user)
    waiting = find_waiting(queries, link, client, now)
    provider = NamedProvider(waiting.provider, find_name(services, waiting.provider)) if waiting else None
    form = describe_confirmation(queries, link, client)
    return LinkStatus(link, state, form, is_in_force, asks_password, provider)


def get_token_state(services: Services, link: Link, now: datetime) -> State | None:
    """Return whether the access token of a link works, or None if it was never given out."""
    if link.spent_at:
        return "used"
    if link.pressed_at:
        return "valid" if link.access_expires_at and now < link.access_expires_at else "expired"
    if services.settings.links.has_button:
        return None
    return "expired" if link.expires_at <= now else "valid"


async def grant_session(services: Services, token: str, client: ClientInfo) -> NewSession:
    """Trade an access token, of a mailed link or of a log-in at a provider, for a session, once. Of a double click both
    clicks get it, or the second step.

    Raises `invalid_access_token`, `invalid_token_type`, `user_not_found`, or `password_required` for a confirmation at
    a site of ours in a browser in which nothing was typed; the token stays valid then. It is spent where
    `second_factor_required` is raised.
    """
    return await write_log_in(services, _grant_session, services, token, client, services.clock())


def _grant_session(
    queries: Queries, services: Services, token: str, client: ClientInfo, now: datetime
) -> NewSession | SecondStep:
    if opened := find_opened_by_link(queries, services, token, LOGS_IN, client):
        return opened
    if queries.proven_identities.find_by_token(hash_secret(token)):
        return trade_token(queries, services, token, client, now)
    link = spend_access_token(queries, services, token, LOGS_IN, now)
    if link.kind == CONFIRM:
        link = make_way(queries, link, client, now)
        confirm_registration(queries, link, client, now)
    else:
        link = prove_email(queries, link, client, now)
        connect_waiting(queries, link, client, now)
    return _open_session(queries, services, link, client, now)


async def confirm_with_new_password(
    services: Services, token: str, *, password: str, name: str | None, client: ClientInfo
) -> NewSession:
    """Confirm the address of a link with a password and a name typed now; what others typed for it is dropped. Of a
    double click both clicks get the session.

    Raises `invalid_access_token`, `invalid_token_type` or `rate_limit_exceeded`.
    """
    try:
        return await _confirm_with_new_password(services, token, password, name, client)
    except RefusalError:
        opened = await services.store.write(find_opened_by_link, services, token, CONFIRMS, client)
        if not isinstance(opened, NewSession):
            raise
        return opened


async def _confirm_with_new_password(
    services: Services, token: str, password: str, name: str | None, client: ClientInfo
) -> NewSession:
    await check_access_token(services, token, CONFIRMS, client)
    typed = await hash_new_password(services, password, client) | ({"name": name} if name else {})
    return await write_log_in(services, _confirm_with, services, token, typed, client, services.clock())


def _confirm_with(
    queries: Queries, services: Services, token: str, typed: dict[str, Any], client: ClientInfo, now: datetime
) -> NewSession | SecondStep:
    link = _find_unconfirmed(queries, services, token, now)
    _spend(queries, link, now)
    link = make_way(queries, link, client, now)
    user = queries.users.find_by_id(link.user_id)
    assert user  # noqa: S101 (it was there a moment ago)
    confirm_email(queries, user, link.email, typed, client, now, except_link=link.id)
    return _open_session(queries, services, link, client, now)


def _find_unconfirmed(queries: Queries, services: Services, token: str, now: datetime) -> Link:
    link = find_by_access_token(queries, services, token, CONFIRMS, now)
    user = queries.users.find_by_id(link.user_id)
    if user is None or user.email_verified:
        raise refusal("invalid_token_type")
    return link


def _open_session(
    queries: Queries, services: Services, link: Link, client: ClientInfo, now: datetime
) -> NewSession | SecondStep:
    queries.links.spend_kind(link.user_id, link.kind, now, except_letters=LASTING)
    user = queries.users.find_by_id(link.user_id)
    if user is None or has_left(user, now):
        raise refusal("user_not_found")
    note_use(queries, services, link, client, now)
    return tell_connected(queries, link, open_session(queries, services, user, link.kind, client))


def spend_access_token(queries: Queries, services: Services, token: str, kinds: frozenset[str], now: datetime) -> Link:
    """Find the link whose access token this is, and spend it.

    Raises `invalid_access_token`, or `invalid_token_type` for a link of another kind, which stays valid: apps try one
    call after the other.
    """
    link = find_by_access_token(queries, services, token, kinds, now)
    _spend(queries, link, now)
    return link


def _spend(queries: Queries, link: Link, now: datetime) -> None:
    if not queries.links.spend(link.id, now):
        raise refusal("invalid_access_token")


def find_by_access_token(
    queries: Queries, services: Services, token: str, kinds: frozenset[str], now: datetime
) -> Link:
    """Find the link whose access token this is, and change nothing.

    Raises `invalid_access_token`, or `invalid_token_type` for a link of another kind.
    """
    link = queries.links.find_by_access_token(hash_secret(token))
    if link is None:
        raise refusal("invalid_access_token")
    if link.kind not in kinds:
        raise refusal("invalid_token_type")
    if get_token_state(services, link, now) != "valid":
        raise refusal("invalid_access_token")
    return link


async def disown_mail(services: Services, token: str, client: ClientInfo) -> None:
    """Act on "This wasn't me" in the mail whose access token this is: a notice, or the confirmation of a sign-up.

    Raises `invalid_access_token`, or `invalid_token_type` for a mail with nothing to take back.
    """
    await services.store.write(_disown_mail, services, token, client, services.clock())


def _disown_mail(queries: Queries, services: Services, token: str, client: ClientInfo, now: datetime) -> None:
    link = queries.links.find_by_access_token(hash_secret(token))
    if link is None or get_token_state(services, link, now) != "valid":
        raise refusal("invalid_access_token")
    if link.letter in DISOWNABLE:
        disown_notice(queries, link, client, now)
    else:
        delete_registrations(queries, link)


async def check_access_token(services: Services, token: str, kinds: frozenset[str], client: ClientInfo) -> None:
    """Check a token before anything is hashed, within rate limits: wrong ones by network, each right one by itself.

    Raises `invalid_access_token`, `invalid_token_type` or `rate_limit_exceeded`.
    """
    await services.store.read(limits.check, services, limits.make_wrong_token_counters(services, client))
    if refused := await services.store.write(_count_token, services, token, kinds, client):
        raise refused


def _count_token(
    queries: Queries, services: Services, token: str, kinds: frozenset[str], client: ClientInfo
) -> RefusalError | None:
    """Return a refusal instead of raising it: that would roll back the count."""
    try:
        find_by_access_token(queries, services, token, kinds, services.clock())
    except RefusalError as refused:
        limits.count(queries, services, limits.make_wrong_token_counters(services, client))
        return refused
    limits.count(queries, services, [limits.make_token_counter(services, token)])
    return None
