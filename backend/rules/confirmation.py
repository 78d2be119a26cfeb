"""Confirming an address: whose name and password the account begins with. All within the caller's transaction.

Anybody can register an address that is not theirs. So what is typed at a site of ours counts only in the browser in
which it was typed, which knows the registration's secret; everybody else who holds the mailed link types anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.kernel import fields
from backend.kernel.events import EventKind
from backend.kernel.fields import Address
from backend.kernel.profile_fields import Changes
from backend.kernel.refusals import refusal
from backend.mail.letter import CONFIRM
from backend.rules.connecting import connect_first, remove_identities
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event
from backend.rules.factors import remove_all_factors
from backend.rules.log_out import end_log_ins
from backend.store import Queries
from backend.store.records import Link, Registration, User

NO_PHONE: Mapping[str, Any] = {"phone": None, "phone_verified": False, "phone_at": None}  # columns of the user


@dataclass(frozen=True)
class ConfirmationForm:
    """What a site has to ask before it confirms an address, and whether it may offer to cancel the sign-up.

    `was_typed_elsewhere`: a new password is needed, and if `needs_name` a name too.
    """

    was_typed_elsewhere: bool = False
    needs_name: bool = False
    can_be_cancelled: bool = False


def describe_confirmation(queries: Queries, link: Link, client: ClientInfo) -> ConfirmationForm:
    """Describe what must be typed to confirm with this link in the client's browser; nothing for other links."""
    user = queries.users.find_by_id(link.user_id)
    if link.kind != CONFIRM or user is None or user.email_verified:
        return ConfirmationForm()
    is_elsewhere = bool(client.registration) and not queries.registrations.find_by_secret(user.id, client.registration)
    return ConfirmationForm(is_elsewhere, is_elsewhere and not user.name, can_be_cancelled(user, link))


def can_be_cancelled(user: User, link: Link) -> bool:
    """Return whether "This wasn't me" has something to delete, and harms no account that is in use."""
    is_in_use = user.email_verified or (user.password_hash is not None and link.registration_id is None)
    return link.kind == CONFIRM and not is_in_use


def is_account(user: User) -> bool:
    """Return whether this is an account, not only something typed at a sign-up that nobody has confirmed.

    One without a password, whose new address nobody has proven, is known by the identity that it began with, and by a
    log-in since then. `ExpiredRows.delete_registrations` asks the same of the database.
    """
    is_proven = user.email_verified or user.phone_verified or user.password_hash is not None
    return is_proven or user.provider is not None or user.last_login_at > user.sign_up_at


def can_be_mailed(services: Services, user: User) -> bool:
    """Tell whether the address is the user's, as far as anybody has to prove it: links to it may open the account.

    False where there is none.
    """
    return user.email is not None and not is_unconfirmed(services, user)


def is_unconfirmed(services: Services, user: User) -> bool:
    """Tell whether somebody has still to prove that the address is theirs."""
    is_asked = services.settings.accounts.email_confirmation
    return is_asked and user.email is not None and not user.email_verified


def require_email(user: User) -> Address:
    """Return the user's address. Raises `not_allowed` where there is none: nothing can be mailed."""
    if user.email is None:
        raise refusal("not_allowed")
    return fields.email(user.email)


def confirm_registration(queries: Queries, link: Link, client: ClientInfo, now: datetime) -> None:
    """Confirm the address with what was typed at its sign-up. Does nothing if it is confirmed already.

    A client of Altogic's has no registration secret: it gets what was typed with the link itself, unless that was at a
    site of ours. What was set before the address was proven is dropped. Raises `password_required`.
    """
    user = queries.users.find_by_id(link.user_id)
    if user is None or user.email_verified:
        return
    registration = _find_registration(queries, link, client)
    if registration is None:
        confirm_email(queries, user, link.email, {"password_hash": None}, client, now, except_link=link.id)
        return
    waiting = queries.proven_identities.find_by_registration(registration.id)
    if waiting is None and not registration.password_hash:  # its time is over
        raise refusal("password_required")
    profile = Changes.from_json(registration.profile).apply_to(user.fields)
    typed = {"password_hash": registration.password_hash or None}
    email = registration.email or link.email  # there is one in both: they are of an address
    confirm_email(queries, user, email, {**profile, **typed}, client, now, except_link=link.id)
    if waiting:
        connect_first(queries, user, waiting, client, now)


def _find_registration(queries: Queries, link: Link, client: ClientInfo) -> Registration | None:
    if not client.registration:
        is_ours = link.registration_id is None or link.waiting_hash is not None
        return None if is_ours else queries.registrations.find_by_id(str(link.registration_id))
    registration = queries.registrations.find_by_secret(link.user_id, client.registration)
    if registration is None:
        raise refusal("password_required")
    return registration


def find_own_registration(queries: Queries, user: User | None, client: ClientInfo) -> Registration | None:
    """Find the client's own registration, by its secret. Asks as much where there is no user.

    A client of Altogic's has no secret: it gets the only registration there is, unless that is another browser's.
    """
    user_id = user.id if user else ""
    if client.registration:
        return queries.registrations.find_by_secret(user_id, client.registration)
    waiting = queries.registrations.list_for_user(user_id)
    return waiting[0] if len(waiting) == 1 and waiting[0].secret_hash is None else None


def confirm_email(
    queries: Queries,
    user: User,
    email: str,
    values: Mapping[str, Any],
    client: ClientInfo,
    now: datetime,
    *,
    except_link: str = "",
) -> None:
    """Make the address its owner's alone: everything typed, opened, connected or mailed for it before is dropped, but
    one link.

    `values` are columns of the user to set with it.
    """
    queries.users.update(user.id, {"email": email, **NO_PHONE, **values, "email_verified": True})
    end_log_ins(queries, user.id)
    remove_all_factors(queries, user, client, now)
    remove_identities(queries, user.id, client, now)
    queries.links.spend_kind(user.id, CONFIRM, now, except_for=except_link)
    queries.registrations.delete_all(user.id)
    record_event(queries, user.id, EventKind.ACCOUNT_CONFIRMED, client, now)
