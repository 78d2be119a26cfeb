"""Changing the address of an account. With confirmation it changes when the link mailed to the new one is used."""

from datetime import datetime, timedelta

from backend.kernel import fields
from backend.kernel.events import EventKind
from backend.kernel.fields import Address
from backend.kernel.refusals import refusal
from backend.mail.letters import CHANGE_EMAIL
from backend.rules import limits
from backend.rules.confirmation import is_account
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event
from backend.rules.known_devices import forget_other_devices
from backend.rules.mail_limits import find_mail_counters
from backend.rules.mailer import Mailer
from backend.rules.password_checks import check_current_password, check_password_unchanged
from backend.rules.profile import reload_user
from backend.rules.sessions import SignedIn
from backend.store import Queries
from backend.store.records import Link, User

NEW_FOR = timedelta(hours=1)  # how long an address counts as new after its link was used


async def change_email(services: Services, me: SignedIn, *, password: str, email: Address, client: ClientInfo) -> User:
    """Change the address, or mail the link that does. Return the user as it is then.

    Raises `invalid_credentials` or `rate_limit_exceeded`, and only then `email_not_unique`.
    """
    await check_current_password(services, me.user, password, client)
    user = await services.store.write(_change_email, services, me.user, email, client)
    services.mail_waits.set()
    return user


def _change_email(queries: Queries, services: Services, user: User, email: Address, client: ClientInfo) -> User:
    check_password_unchanged(queries, user)
    other = queries.users.find_by_email(email.key)
    if other is not None and other.id != user.id and is_account(other):
        raise refusal("email_not_unique", param="email", value=email.typed)
    limits.count(queries, services, find_mail_counters(queries, services, email, client))
    if services.settings.accounts.email_confirmation:
        Mailer(queries, services, client).send_email_change(user, email.typed)
    else:
        _set_email(queries, user, email, is_verified=user.email_verified and email.key == user.email_key)
        queries.links.spend_all(user.id, services.clock())
        forget_other_devices(queries, user.id, client)
        record_event(queries, user.id, EventKind.EMAIL_CHANGED, client, services.clock())
    return reload_user(queries, user)


def take_over_email(queries: Queries, link: Link, client: ClientInfo, now: datetime) -> bool:
    """Give the user the address that the link was mailed to. Return False if it is another account's by now."""
    user, email = queries.users.find_by_id(link.user_id), fields.email(link.email)
    other = queries.users.find_by_email(email.key)
    if user is None or (other is not None and other.id != user.id and is_account(other)):
        return False
    _set_email(queries, user, email, is_verified=True)
    queries.links.spend_all(user.id, now)
    queries.devices.forget_all(user.id)  # all: the button is on our own page, which knows no device
    record_event(queries, user.id, EventKind.EMAIL_CHANGED, client, now)
    return True


def _set_email(queries: Queries, user: User, email: Address, *, is_verified: bool) -> None:
    """Set the address. What somebody only typed for it, and never confirmed, is removed."""
    other = queries.users.find_by_email(email.key)
    if other is not None and other.id != user.id:
        queries.users.delete(other.id)
    queries.users.update(user.id, {"email": email.typed, "email_key": email.key, "email_verified": is_verified})


async def has_new_email(services: Services, me: SignedIn) -> bool:
    """Return whether the user has got the address by a mailed link within NEW_FOR."""
    return await services.store.read(_has_new_email, me.user, services.clock() - NEW_FOR)


def _has_new_email(queries: Queries, user: User, since: datetime) -> bool:
    return queries.links.has_been_pressed(user.id, CHANGE_EMAIL, user.email, since)
