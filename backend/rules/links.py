"""Mailed links: looked up by their key, and pressed at our own page where the button is here.

What a link gives, an access token, is traded in `access_tokens.py`.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from backend.kernel.keys import hash_secret
from backend.mail.letter import CHANGE_EMAIL, CONFIRM, DELETE_ACCOUNT, KEEP_FACTORS, UNDO_EMAIL
from backend.mail.letters import DISOWNABLE, LASTING
from backend.rules.confirmation import confirm_registration
from backend.rules.context import ClientInfo, Services
from backend.rules.deletion import end_account, find_obstacle, finish_deletion
from backend.rules.disowning import disown_notice
from backend.rules.double_clicks import find_click, note_click
from backend.rules.email_links import take_over_email, undo_email_change
from backend.rules.first_proof import make_way
from backend.rules.lost_factors import stop_waiting
from backend.store import Queries
from backend.store.records import Link

State = Literal["valid", "used", "expired"]

ACCESS_TOKEN_LIFETIME = timedelta(hours=1)  # after the button was pressed


@dataclass(frozen=True)
class LinkLookup:
    """What a link key leads to.

    `state` is "unknown" when there is no such link, and only then `link` is None; "taken" when its address has become
    another account's. `confirmed`: the user's address is confirmed. `reset_token`: of a change that was undone, the
    access token to choose a new password.
    """

    state: State | Literal["unknown", "taken"]
    link: Link | None = None
    confirmed: bool = False
    reset_token: str = field(default="", repr=False)

    def needs_button_page(self, services: Services) -> bool:
        """Return whether our own page shows the button; always for a change of address, which has no grant."""
        return self.link is not None and (services.settings.links.has_button or self.link.kind == CHANGE_EMAIL)


async def look_up_link(services: Services, key: str) -> LinkLookup:
    """Look up a link by its key and change nothing: mail scanners open links, and as often as they like."""
    return await services.store.read(find_link, key, services.clock())


def find_link(queries: Queries, key: str, now: datetime) -> LinkLookup:
    """Look up a link by its key, within the caller's transaction."""
    link = queries.links.find_by_key(hash_secret(key))
    if link is None:
        return LinkLookup("unknown")
    user = queries.users.find_by_id(link.user_id)
    return LinkLookup(get_link_state(link, now), link, confirmed=bool(user and user.email_verified))


def get_link_state(link: Link, now: datetime) -> State:
    """Return whether a link still works."""
    if link.spent_at or link.pressed_at:
        return "used"
    return "expired" if link.expires_at <= now else "valid"


async def press_button(services: Services, key: str, client: ClientInfo) -> LinkLookup:
    """Use up a link by the button on our own page. It does what it is for, and its access token becomes valid.

    Return how the link stood before, or "taken" if its new address is another account's by now.
    """
    lookup = await services.store.write(_press_button, services, key, client)
    services.mail_waits.set()  # for the old address is told of a new one
    if lookup.state == "valid" and lookup.link and lookup.link.kind == DELETE_ACCOUNT:
        await finish_deletion(services, lookup.link.user_id, services.clock())
    return lookup


def _press_button(queries: Queries, services: Services, key: str, client: ClientInfo) -> LinkLookup:
    now = services.clock()
    lookup = find_link(queries, key, now)
    link = lookup.link
    if link is None or lookup.state != "valid":
        return lookup
    if not queries.links.press(link.id, now=now, access_expires_at=now + ACCESS_TOKEN_LIFETIME):
        return LinkLookup("used", link, lookup.confirmed)
    if link.kind == CHANGE_EMAIL:
        queries.links.spend(link.id, now)
        return lookup if take_over_email(queries, services, link, client) else LinkLookup("taken", link)
    if link.kind == UNDO_EMAIL:
        queries.links.spend(link.id, now)
        token = undo_email_change(queries, services, link, client, reset_until=now + ACCESS_TOKEN_LIFETIME)
        return replace(lookup, reset_token=token) if token else LinkLookup("taken", link)
    if link.kind == DELETE_ACCOUNT:
        return lookup if _end_account(queries, services, link, key, now) else LinkLookup("used", link)
    if link.letter in DISOWNABLE:
        disown_notice(queries, link, client, now)
    if link.kind == KEEP_FACTORS:
        stop_waiting(queries, link.user_id, client, now, "mail")
    if link.kind == CONFIRM and link.waiting_hash is None:  # else the site, where the link ends, asks for the browser
        link = make_way(queries, link, client, now)
        confirm_registration(queries, link, client, now)
    queries.links.spend_kind(link.user_id, link.kind, now, except_for=link.id, except_letters=LASTING)
    return lookup


def _end_account(queries: Queries, services: Services, link: Link, key: str, now: datetime) -> bool:
    user = queries.users.find_by_id(link.user_id)
    if user is None or find_obstacle(queries, services, user, now):
        return False
    note_click(queries, services, DELETE_ACCOUNT, key, now)
    end_account(queries, user.id, now)
    return True


async def has_just_deleted(services: Services, key: str) -> bool:
    """Tell whether the first of two clicks on this link's button has deleted its account."""
    return await find_click(services, DELETE_ACCOUNT, key) is not None
