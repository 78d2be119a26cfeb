"""Cancelling a sign-up that somebody else typed. How its mail, or its page here, gets to it: `disowning.py`."""

from datetime import datetime

from backend.kernel.refusals import refusal
from backend.rules.confirmation import can_be_cancelled, is_account
from backend.rules.context import Services
from backend.rules.links import LinkLookup, find_link
from backend.store import Queries
from backend.store.records import Link


async def cancel_sign_up_by_key(services: Services, key: str) -> LinkLookup:
    """Cancel a sign-up by the link's key, for the backend's own page. Return how the link stood before."""
    return await services.store.write(_cancel_by_key, key, services.clock())


def _cancel_by_key(queries: Queries, key: str, now: datetime) -> LinkLookup:
    lookup = find_link(queries, key, now)
    if lookup.link is not None and lookup.state == "valid":
        delete_registrations(queries, lookup.link)
    return lookup


def delete_registrations(queries: Queries, link: Link) -> None:
    """Delete what was typed for this link, or for its address if it belongs to no sign-up, with the links of it.

    They are deleted, not spent, for nothing was confirmed by them. Raises `invalid_token_type` for an address that is
    confirmed.
    """
    user = queries.users.find_by_id(link.user_id)
    if user is None or not can_be_cancelled(user, link):
        raise refusal("invalid_token_type")
    if link.registration_id is None:
        queries.registrations.delete_all(user.id)
    else:
        queries.links.delete_for_registration(link.registration_id)
        queries.registrations.delete(link.registration_id)
    if not is_account(user) and not queries.registrations.list_for_user(user.id):
        queries.users.delete(user.id)  # nobody's address is kept because somebody else typed it
