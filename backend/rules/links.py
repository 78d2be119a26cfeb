"""Mailed links: lookup them, and trading what they give."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from backend.kernel import fields
from backend.kernel.keys import hash_secret
from backend.kernel.password_hashing import new_salt
from backend.kernel.refusals import RefusalError, refusal
from backend.rules import limits
from backend.rules.confirmation import (
    ConfirmationForm,
    can_be_cancelled,
    confirm,
    confirm_as_typed,
    describe_confirmation,
)
from backend.rules.context import ClientInfo, Services
from backend.rules.mailer import CHANGE, CONFIRM, MAGIC, Kind
from backend.rules.sessions import NewSession, SignedIn, open_session
from backend.store import Queries
from backend.store.records import Link, User

State = Literal["valid", "used", "expired"]

LOGS_IN: frozenset[Kind] = frozenset({CONFIRM, MAGIC})
ACCESS_TOKEN_LIFETIME = timedelta(hours=1)


@dataclass(frozen=True)
class LinkLookup:
    """What a link key leads to. `state` is "unknown" when there is no such link, and only then `link` is None."""

    state: State | Literal["unknown", "taken"]
    link: Link | None = None
    confirmed: bool = False

    def needs_button_page(self, services: Services) -> bool:
        """An address change has no grant, so its button is always here."""
        return self.link is not None and (services.settings.link_button or self.link.kind == CHANGE)


async def look_up_link(services: Services, key: str) -> LinkLookup:
    """Changes nothing: mail scanners open links, and as often as they like."""
    now = services.clock()
    return await services.store.read(lambda queries: _look_up(queries, key, now))


def _look_up(queries: Queries, key: str, now: datetime) -> LinkLookup:
    link = queries.links.find_by_key(hash_secret(key))
    if link is None:
        return LinkLookup("unknown")
    user = queries.users.find_by_id(link.user_id)
    return LinkLookup(_link_state(link, now), link, confirmed=bool(user and user.email_verified))


def _link_state(link: Link, now: datetime) -> State:
    if link.spent_at or link.pressed_at:
        return "used"
    return "expired" if link.expires_at <= now else "valid"


async def press(services: Services, key: str, client: ClientInfo) -> LinkLookup:
    """The button on our own page: the link is used up, does what it is for, and owes an access token.

    An address change whose new address has meanwhile become somebody else's is "taken".
    """
    now = services.clock()

    def work(queries: Queries) -> LinkLookup:
        lookup = _look_up(queries, key, now)
        link = lookup.link
        if link is None or lookup.state != "valid":
            return lookup
        if not queries.links.press(link.id, now=now, access_expires_at=now + ACCESS_TOKEN_LIFETIME):
            return LinkLookup("used", link, lookup.confirmed)
        return _carry_out(queries, link, client, now, lookup)

    return await services.store.write(work)


def _carry_out(queries: Queries, link: Link, client: ClientInfo, now: datetime, lookup: LinkLookup) -> LinkLookup:
    if link.kind == CHANGE:
        queries.links.spend(link.id, now)
        return lookup if _move_to_new_email(queries, link, now) else LinkLookup("taken", link)
    if link.kind == CONFIRM and link.waiting_hash is None:  # else the site, where it ends, asks in which browser
        confirm_as_typed(queries, link, client, now)
    queries.links.spend_kind(link.user_id, link.kind, now, except_for=link.id)
    return lookup


def _move_to_new_email(queries: Queries, link: Link, now: datetime) -> bool:
    """Gives the user the new address. False: it is somebody else's by now."""
    key = fields.email(link.email).key
    other = queries.users.find_by_email(key)
    if other is not None and other.id != link.user_id:
        if is_account(other):
            return False
        queries.users.delete(other.id)  # only typed, never confirmed; whose address it is has just been shown
    queries.users.update(link.user_id, {"email": link.email, "email_key": key, "email_verified": True})
    queries.links.spend_all(link.user_id, now)
    queries.devices.forget_all(link.user_id)  # all: the button is the backend's own page, which knows no device
    return True


async def has_new_email(services: Services, me: SignedIn) -> bool:
    """Whether the user has got the address by a mailed link within the last hour."""
    since = services.clock() - ACCESS_TOKEN_LIFETIME
    return await services.store.read(
        lambda queries: queries.links.has_been_pressed(me.user.id, CHANGE, me.user.email, since)
    )


def is_account(user: User) -> bool:
    """Not only something typed at sign-up that nobody has confirmed."""
    return user.email_verified or user.password_hash is not None


@dataclass(frozen=True)
class LinkStatus:
    """Whose link an access token, or a reference, belongs to, how it stands, and what it still asks for."""

    link: Link
    state: State
    confirmation: ConfirmationForm


async def describe_link(services: Services, token: str, client: ClientInfo) -> LinkStatus:
    """Raises `unknown_access_token`."""
    now, digest = services.clock(), hash_secret(token)

    def work(queries: Queries) -> LinkStatus | None:
        link = queries.links.find_by_access_token(digest)
        state = access_state(services, link, now) if link else None
        if link is None:
            link = queries.links.find_by_reference(digest)
            state = _link_state(link, now) if link else None
        return LinkStatus(link, state, describe_confirmation(queries, link, client)) if link and state else None

    found = await services.store.read(work)
    if found is None:
        raise refusal("unknown_access_token")
    return found


def access_state(services: Services, link: Link, now: datetime) -> State | None:
    """How the access token of a link stands. None: it was never given out."""
    if link.spent_at:
        return "used"
    if link.pressed_at:
        return "valid" if link.access_expires_at and now < link.access_expires_at else "expired"
    if services.settings.link_button:
        return None
    return "expired" if link.expires_at <= now else "valid"


async def grant(services: Services, token: str, client: ClientInfo) -> NewSession:
    """Trades an access token for a session, once.

    Raises `invalid_access_token`, `invalid_token_type`, `user_not_found`, or `password_required` at a site of ours for
    a confirmation in a browser in which nothing was typed; the token stays good then.
    """
    now = services.clock()

    def work(queries: Queries) -> NewSession:
        link = spend_access_token(queries, services, token, LOGS_IN, now)
        if link.kind == CONFIRM:
            confirm_as_typed(queries, link, client, now)
        return _enter(queries, services, link, client, now)

    return await services.store.write(work)


async def confirm_anew(
    services: Services, token: str, *, password: str, name: str | None, client: ClientInfo
) -> NewSession:
    """Confirm the address of a link with a password and a name typed now: all that others typed for it is dropped.

    Raises `invalid_access_token`, `invalid_token_type` or `rate_limit_exceeded`.
    """
    await check_access_token(services, token, frozenset({CONFIRM}), client)
    salt = new_salt()
    password_hash = await services.passwords.hash(password, salt, limits.find_line(services, client))
    now = services.clock()

    def work(queries: Queries) -> NewSession:
        link, user = _find_unconfirmed(queries, services, token, now)
        if not queries.links.spend(link.id, now):
            raise refusal("invalid_access_token")
        typed = {"password_hash": password_hash, "password_salt": salt, **({"name": name} if name else {})}
        confirm(queries, user, link, typed, now)
        return _enter(queries, services, link, client, now)

    return await services.store.write(work)


def _find_unconfirmed(queries: Queries, services: Services, token: str, now: datetime) -> tuple[Link, User]:
    link = find_by_access_token(queries, services, token, frozenset({CONFIRM}), now)
    user = queries.users.find_by_id(link.user_id)
    if user is None or user.email_verified:
        raise refusal("invalid_token_type")
    return link, user


def _enter(queries: Queries, services: Services, link: Link, client: ClientInfo, now: datetime) -> NewSession:
    queries.links.spend_kind(link.user_id, link.kind, now)
    user = queries.users.find_by_id(link.user_id)
    if user is None:
        raise refusal("user_not_found")
    return open_session(queries, services, user, link.kind, client)


def spend_access_token(queries: Queries, services: Services, token: str, kinds: frozenset[Kind], now: datetime) -> Link:
    """A token of another kind is refused and stays good: apps try one call after the other."""
    link = find_by_access_token(queries, services, token, kinds, now)
    if not queries.links.spend(link.id, now):
        raise refusal("invalid_access_token")
    return link


def find_by_access_token(
    queries: Queries, services: Services, token: str, kinds: frozenset[Kind], now: datetime
) -> Link:
    """Find the link whose access token this is, and change nothing. Raises `invalid_access_token` or
    `invalid_token_type`."""
    link = queries.links.find_by_access_token(hash_secret(token))
    if link is None:
        raise refusal("invalid_access_token")
    if link.kind not in kinds:
        raise refusal("invalid_token_type")
    if access_state(services, link, now) != "valid":
        raise refusal("invalid_access_token")
    return link


async def check_access_token(services: Services, token: str, kinds: frozenset[Kind], client: ClientInfo) -> None:
    """Look the token up before anything is hashed, and count: wrong ones by network, a right one by itself, so that no
    token buys more than a few hashes.

    Raises `invalid_access_token`, `invalid_token_type` or `rate_limit_exceeded`.
    """
    now, wrong, right = services.clock(), limits.for_wrong_tokens(services, client), limits.for_token(services, token)

    def work(queries: Queries) -> RefusalError | None:
        try:
            find_by_access_token(queries, services, token, kinds, now)
        except RefusalError as refused:
            limits.count(queries, services, wrong)
            return refused  # not raised here, for it counts
        limits.count(queries, services, right)
        return None

    await services.store.read(lambda queries: limits.check(queries, services, wrong))
    if refused := await services.store.write(work):
        raise refused


async def cancel_sign_up(services: Services, token: str) -> None:
    """ "This wasn't me": discards the registration an access token of an unconfirmed address belongs to, or all of them
    where it belongs to none.

    Raises `invalid_access_token` or `invalid_token_type`.
    """
    now = services.clock()

    def work(queries: Queries) -> None:
        link = queries.links.find_by_access_token(hash_secret(token))
        if link is None or access_state(services, link, now) != "valid":
            raise refusal("invalid_access_token")
        _discard_registration(queries, link)

    await services.store.write(work)


async def cancel_sign_up_by_key(services: Services, key: str) -> LinkLookup:
    """The same for the page with our own button, where the link key is at hand. Answers how the link stood."""
    now = services.clock()

    def work(queries: Queries) -> LinkLookup:
        lookup = _look_up(queries, key, now)
        if lookup.link is not None and lookup.state == "valid":
            _discard_registration(queries, lookup.link)
        return lookup

    return await services.store.write(work)


def _discard_registration(queries: Queries, link: Link) -> None:
    user = queries.users.find_by_id(link.user_id)
    if user is None or not can_be_cancelled(user, link):
        raise refusal("invalid_token_type")
    # Not used but gone: nothing was confirmed by it.
    if link.registration_id is None:
        queries.registrations.delete_all(user.id)
    else:
        queries.links.delete_for_registration(link.registration_id)
        queries.registrations.delete(link.registration_id)
    if not is_account(user) and not queries.registrations.list_for_user(user.id):
        queries.users.delete(user.id)  # nobody's address is kept because somebody else typed it
