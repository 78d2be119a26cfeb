"""The first proof of an address that nobody had to confirm: which account it opens, and what of before it drops.

Whoever typed the address first may be somebody else. What they have added for it must not stay with them; and where the
account is somebody's in another way, by a number that was proven or by the box of an address that it had before, it is
not given away for an address that was once typed.
"""

from dataclasses import replace
from datetime import datetime

from backend.kernel import fields
from backend.kernel.events import EventKind
from backend.kernel.fields import Address
from backend.kernel.password_hashing import new_salt
from backend.mail.letter import WAYS_BACK
from backend.rules.confirmation import NO_PHONE
from backend.rules.connecting import remove_identities
from backend.rules.context import ClientInfo
from backend.rules.email_links import find_email_before, return_to_email
from backend.rules.events import record_event
from backend.rules.factors import remove_all_factors
from backend.rules.known_devices import find_known_device
from backend.rules.log_out import end_log_ins
from backend.rules.registrations import make_user
from backend.store import Queries
from backend.store.records import Link, User
from translations import SOURCE

SOMEBODY_ELSE = ClientInfo("", "", SOURCE)  # of whom an account that gives way learns nothing
NO_EMAIL = {"email": None, "email_key": None, "email_verified": False}  # columns of the user


def prove_email(queries: Queries, link: Link, client: ClientInfo, now: datetime) -> Link:
    """Note the first proof of an address that nobody had to confirm: its owner has used a link mailed there. Return the
    link as it is from now on, of the account that it opens.

    Factors of before go, and a phone number, and with them who has them; else the owner could never log in, and a
    stranger always could.
    """
    user = queries.users.find_by_id(link.user_id)
    if user is None or user.email_verified or user.email != link.email:
        return link
    if give_way(queries, user, client, now):
        owner = create_owner(queries, fields.email(link.email), client, now)
        queries.links.give(link.id, owner.id)
        return replace(link, user_id=owner.id)
    queries.users.update(user.id, {**NO_PHONE, "email_verified": True})
    record_event(queries, user.id, EventKind.ACCOUNT_CONFIRMED, client, now)
    if user.phone:
        record_event(queries, user.id, EventKind.PHONE_REMOVED, client, now)
    removed = remove_identities(queries, user.id, client, now)
    if remove_all_factors(queries, user, client, now) or removed or user.phone:
        end_log_ins(queries, user.id)
    return link


def make_way(queries: Queries, link: Link, client: ClientInfo, now: datetime) -> Link:
    """Return the link of a confirmation, before what was typed for it counts: of a user of its own, where the account
    that has the address gives way."""
    user = queries.users.find_by_id(link.user_id)
    if user is None or user.email_verified or not give_way(queries, user, client, now):
        return link
    owner = make_user(user.password_salt, now, email=fields.email(link.email))
    queries.users.insert(owner)
    queries.registrations.give_all(user.id, owner.id)
    queries.links.give(link.id, owner.id)
    return replace(link, user_id=owner.id)


def give_way(queries: Queries, user: User, client: ClientInfo, now: datetime) -> bool:
    """Take an address that nobody has proven from an account which is somebody's in another way, for whoever proves it
    now and gets one of their own. The account gets the address back that it had before, if there was one.

    Return False, and do nothing, where it is nobody else's as far as we can tell, or its owner has logged in from this
    very browser before.
    """
    before = find_email_before(queries, user, now)
    if find_known_device(queries, user, client) or not (before or user.phone_verified):
        return False
    if before:
        return_to_email(queries, user, before, now)
    else:
        queries.links.spend_all(user.id, now, except_kinds=WAYS_BACK)
        queries.users.update(user.id, NO_EMAIL)
    record_event(queries, user.id, EventKind.EMAIL_TAKEN, SOMEBODY_ELSE, now)
    return True


def create_owner(
    queries: Queries, email: Address, client: ClientInfo, now: datetime, *, name: str | None = None
) -> User:
    """Create the account of whoever has proven an address that no account has."""
    user = replace(make_user(new_salt(), now, email=email), email_verified=True, name=name)
    queries.users.insert(user)
    record_event(queries, user.id, EventKind.ACCOUNT_CREATED, client, now)
    return user
