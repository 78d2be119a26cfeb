"""What the mailed links of a change of address do: give the account the new address, or give the old one back.

All within the caller's transaction.
"""

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from backend.kernel import fields
from backend.kernel.events import EventKind
from backend.kernel.fields import Address
from backend.mail.letter import CHANGE_EMAIL, UNDO_EMAIL, WAYS_BACK
from backend.rules.confirmation import can_be_mailed, is_account
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event
from backend.rules.factors import remove_factors_added_since
from backend.rules.known_devices import forget_other_devices
from backend.rules.log_out import end_other_log_ins, log_out_everywhere
from backend.rules.mailer import Mailer
from backend.store import Queries
from backend.store.records import Link, User
from backend.store.tables import EPOCH

PENDING_FOR = timedelta(hours=24)  # after the first request: so long its link can be mailed again


def take_over_email(queries: Queries, services: Services, link: Link, client: ClientInfo) -> bool:
    """Give the user the address that the link was mailed to. Return False if it is another account's by now.

    Ends all sessions but the one that asked for it.
    """
    user, email = queries.users.find_by_id(link.user_id), fields.email(link.email)
    if user is None or find_other_account(queries, user, email):
        return False
    set_email(queries, services, user, email, client)
    # All devices are forgotten where the client is our own page, which knows none.
    if link.session_id:
        end_other_log_ins(queries, user.id, client, except_for=link.session_id)
    else:
        forget_other_devices(queries, user.id, client)
    return True


def set_email(
    queries: Queries, services: Services, user: User, email: Address, client: ClientInfo, *, is_verified: bool = True
) -> None:
    """Give the user another address, end the links of before, and mail the old one, which can undo it.

    An address that the account had before comes back: then the way back to those that came after it ends, or whoever
    took the account over could undo that its owner took it back.
    """
    now = services.clock()
    queries.links.spend_all(user.id, now, except_kinds=WAYS_BACK)
    _write_email(queries, user, email, is_verified=is_verified)
    record_event(queries, user.id, EventKind.EMAIL_CHANGED, client, now)
    known = [link for link in _list_undos(queries, user, now) if fields.email(link.email).key == email.key]
    if known:
        _end_undos(queries, user, known, now)
    elif user.email_key != email.key and can_be_mailed(services, user):
        Mailer(queries, services, client).send_email_changed(user, email.typed)


def undo_email_change(
    queries: Queries, services: Services, link: Link, client: ClientInfo, *, reset_until: datetime
) -> str | None:
    """Give the user the old address back, which the link was mailed to, and take back whatever came since.

    All sessions, known devices, pending changes and other links end, factors that were added since, and the password,
    for whoever asked for the change knew it; an account that was left is kept. Return an access token to choose a new
    password until a time; or None if the address is another account's by now.
    """
    user, email, now = queries.users.find_by_id(link.user_id), fields.email(link.email), services.clock()
    if user is None or find_other_account(queries, user, email):
        return None
    undos = [undo for undo in [link, *_list_undos(queries, user, now)] if undo.email == link.email]
    # Where nobody had proven the address, this is the first proof: a stranger may have had the account all the time.
    since = min(undo.created_at for undo in undos) if any(map(_was_proven, undos)) else EPOCH
    _end_undos(queries, user, [link], now)
    log_out_everywhere(queries, user.id, now)
    is_pending = user.email_key == email.key
    _write_email(queries, user, email, is_verified=True)
    remove_factors_added_since(queries, replace(user, email_verified=True), since, client, now)
    queries.users.update(user.id, {"password_hash": None})  # at once: a thief would be back before there is a new one
    record_event(queries, user.id, EventKind.EMAIL_CANCELLED if is_pending else EventKind.EMAIL_UNDONE, client, now)
    if queries.users.keep(user.id, now):  # whoever took it over may have left in the owner's name
        record_event(queries, user.id, EventKind.ACCOUNT_KEPT, client, now)
    restored = queries.users.find_by_id(user.id) or user
    return Mailer(queries, services, client).open_reset(restored, until=reset_until)


def _was_proven(undo: Link) -> bool:
    return bool(json.loads(undo.details).get("isProven", True))


def can_be_taken_back(queries: Queries, user: User, now: datetime) -> bool:
    """Tell whether the box of an address that the account had before can still undo that it has another."""
    return any(fields.email(link.email).key != user.email_key for link in _list_undos(queries, user, now))


def find_email_before(queries: Queries, user: User, now: datetime) -> Address | None:
    """Find the address that the account had before, whose box can still take it back, unless it is another account's by
    now."""
    before = (fields.email(link.email) for link in _list_undos(queries, user, now))
    return next((each for each in before if each.key != user.email_key and _is_free(queries, user, each)), None)


def return_to_email(queries: Queries, user: User, before: Address, now: datetime) -> None:
    """Give the user back an address of before, which nobody proves by that. Links of the later one end."""
    queries.links.spend_all(user.id, now, except_kinds=WAYS_BACK)
    _write_email(queries, user, before, is_verified=False)
    known = [link for link in _list_undos(queries, user, now) if fields.email(link.email).key == before.key]
    _end_undos(queries, user, known, now)


def _is_free(queries: Queries, user: User, email: Address) -> bool:
    return find_other_account(queries, user, email) is None


def find_pending_link(queries: Queries, user: User, now: datetime) -> Link | None:
    """Find the newest link of the pending change; one that has expired can be mailed again for PENDING_FOR."""
    newest = next(iter(queries.links.list_unspent(user.id, CHANGE_EMAIL)), None)
    is_pending = newest and (now < newest.expires_at or now < newest.asked_at + PENDING_FOR)
    return newest if is_pending else None


def cancel_email_change(queries: Queries, user: User, client: ClientInfo, now: datetime) -> bool:
    """End the pending change of address. Return False where there is none."""
    if find_pending_link(queries, user, now) is None:
        return False
    queries.links.spend_kind(user.id, CHANGE_EMAIL, now)
    record_event(queries, user.id, EventKind.EMAIL_CANCELLED, client, now)
    return True


def find_other_account(queries: Queries, user: User, email: Address) -> User | None:
    """Find the account of somebody else that has this address."""
    other = queries.users.find_by_email(email.key)
    return other if other is not None and other.id != user.id and is_account(other) else None


def is_reserved(queries: Queries, email: Address, now: datetime, *, except_for: str = "") -> bool:
    """Tell whether an address that nobody has to prove is kept for the account, of another than the user `except_for`,
    which had it before and can get it back by the link in its box. Whoever changed it might register it else, so that
    the owner's link comes to nothing. Where addresses are confirmed, whoever confirms it has the box."""
    return queries.links.is_reserved(email.key, now, except_for=except_for)


def _write_email(queries: Queries, user: User, email: Address, *, is_verified: bool) -> None:
    """Set the address. What somebody only typed for it, and never confirmed, is removed."""
    other = queries.users.find_by_email(email.key)
    if other is not None and other.id != user.id:
        queries.users.delete(other.id)
    queries.users.update(user.id, {"email": email.typed, "email_key": email.key, "email_verified": is_verified})


def _list_undos(queries: Queries, user: User, now: datetime) -> list[Link]:
    return [link for link in queries.links.list_unspent(user.id, UNDO_EMAIL) if link.expires_at > now]


def _end_undos(queries: Queries, user: User, of_address: Iterable[Link], now: datetime) -> None:
    """End the links that undo changes: those of the address that is back, and those of every address since."""
    first = min(of_address, key=lambda link: link.created_at)
    for link in queries.links.list_unspent(user.id, UNDO_EMAIL):
        if link.created_at >= first.created_at or link.email == first.email:
            queries.links.spend(link.id, now)
