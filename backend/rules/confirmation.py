"""Confirming an address: whose name and password the account begins with. All in a transaction of the caller's.

Anybody can register an address that is not theirs. So what is typed at a site of ours counts only in the browser in
which it was typed, which knows the registration's secret; everybody else who holds the mailed link types anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.kernel.profile_fields import Changes
from backend.kernel.refusals import refusal
from backend.rules.context import ClientInfo
from backend.rules.mailer import CONFIRM
from backend.store import Queries
from backend.store.records import Link, Registration, User


@dataclass(frozen=True)
class ConfirmationForm:
    """What a confirmation still asks for: a new password where all was typed elsewhere, a name where there is none yet.
    And whether what was typed with its link can be discarded."""

    was_typed_elsewhere: bool = False
    needs_name: bool = False
    can_be_cancelled: bool = False


def describe_confirmation(queries: Queries, link: Link, client: ClientInfo) -> ConfirmationForm:
    """What must be typed to confirm with this link in the browser that asks; nothing for other kinds of links."""
    user = queries.users.find_by_id(link.user_id)
    if link.kind != CONFIRM or user is None or user.email_verified:
        return ConfirmationForm()
    was_typed_elsewhere = bool(client.registration) and not queries.registrations.find_by_secret(
        user.id, client.registration
    )
    return ConfirmationForm(was_typed_elsewhere, was_typed_elsewhere and not user.name, can_be_cancelled(user, link))


def can_be_cancelled(user: User, link: Link) -> bool:
    """Whether "This wasn't me" has something to discard, and harms no account that is in use."""
    is_in_use = user.email_verified or (user.password_hash is not None and link.registration_id is None)
    return link.kind == CONFIRM and not is_in_use


def confirm_as_typed(queries: Queries, link: Link, client: ClientInfo, now: datetime) -> None:
    """Confirm the address with what was typed at its sign-up. Does nothing where it is confirmed already.

    A client of Altogic's has no registration secret: it gets what was typed with the link itself, unless that was at a
    site of ours. What was set before the address was proven is dropped. Raises `password_required`.
    """
    user = queries.users.find_by_id(link.user_id)
    if user is None or user.email_verified:
        return
    registration = _find_registration(queries, link, client)
    if registration is None:
        confirm(queries, user, link, {"password_hash": None}, now)
    else:
        typed = Changes.from_json(registration.profile).applied_to(user.fields)
        own = {"email": registration.email, "password_hash": registration.password_hash}
        confirm(queries, user, link, {**typed, **own}, now)


def _find_registration(queries: Queries, link: Link, client: ClientInfo) -> Registration | None:
    if not client.registration:
        is_ours = link.registration_id is None or link.waiting_hash is not None
        return None if is_ours else queries.registrations.find_by_id(str(link.registration_id))
    registration = queries.registrations.find_by_secret(link.user_id, client.registration)
    if registration is None:
        raise refusal("password_required")
    return registration


def confirm(queries: Queries, user: User, link: Link, values: Mapping[str, Any], now: datetime) -> None:
    """Make the address its owner's alone: all that was typed, opened or mailed for it before is dropped."""
    queries.users.update(user.id, {"email": link.email, **values, "email_verified": True})
    queries.sessions.end_all(user.id)
    queries.devices.forget_all(user.id)
    queries.links.spend_kind(user.id, CONFIRM, now, except_for=link.id)
    queries.registrations.delete_all(user.id)
