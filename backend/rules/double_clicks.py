"""The second click of a double click on what the first one has used up: a mailed link, or a session that it ended.

A browser that sends a form again drops the answer to the first click, with its cookies: what the person sees is the
answer to the second (idempotent).
"""

from collections.abc import Collection
from datetime import datetime

from backend.kernel.keys import hash_secret
from backend.rules.connected_identities import tell_connected
from backend.rules.context import ClientInfo, Services
from backend.rules.sessions import DOUBLE_CLICK, NewSession, has_left, open_again
from backend.rules.tickets import SecondStep
from backend.store import Queries
from backend.store.records import Count, Link, User


def find_opened_by_link(
    queries: Queries, services: Services, token: str, kinds: Collection[str], client: ClientInfo
) -> NewSession | SecondStep | None:
    """Find the session that a link of these `kinds`, by its access token, has just opened in this very browser, or the
    second step."""
    link = queries.links.find_by_access_token(hash_secret(token))
    if link is None or link.kind not in kinds or not _is_just_used(queries, services, link, client):
        return None
    user = queries.users.find_by_id(link.user_id)
    if user is None or has_left(user, services.clock()):
        return None
    opened = open_again(queries, services, user, link.kind, client)
    return tell_connected(queries, link, opened) if opened else None


def note_use(queries: Queries, services: Services, link: Link, client: ClientInfo, now: datetime) -> None:
    """Note by which browser a link is used, within the transaction that uses it."""
    if client.device:
        queries.limits.increment(_name_use(services, link, client), now=now, expires_at=now + DOUBLE_CLICK)


def find_owner_of_just_used(queries: Queries, services: Services, token: str, client: ClientInfo) -> User | None:
    """Find whose link, by its access token, this very browser has used a moment ago, as `note_use` has noted."""
    link = queries.links.find_by_access_token(hash_secret(token))
    if link is None or not _is_just_used(queries, services, link, client):
        return None
    return queries.users.find_by_id(link.user_id)


def _is_just_used(queries: Queries, services: Services, link: Link, client: ClientInfo) -> bool:
    return bool(queries.limits.list_active([_name_use(services, link, client)], services.clock()))


def _name_use(services: Services, link: Link, client: ClientInfo) -> str:
    return services.keyring.derive_pseudonym(f"used:{link.id}:{client.device}")


async def find_click(services: Services, act: str, token: str) -> Count | None:
    """Find the first of two clicks, by the token that both brought: of a session or of a link."""
    return await services.store.read(_find_count, _name_click(services, act, token), services.clock())


def _find_count(queries: Queries, name: str, now: datetime) -> Count | None:
    found = queries.limits.list_active([name], now)
    return found[0] if found else None


def note_click(queries: Queries, services: Services, act: str, token: str, now: datetime) -> None:
    """Note for DOUBLE_CLICK that this was done, within the transaction that did it."""
    queries.limits.increment(_name_click(services, act, token), now=now, expires_at=now + DOUBLE_CLICK)


def _name_click(services: Services, act: str, token: str) -> str:
    return services.keyring.derive_pseudonym(f"{act}:{hash_secret(token)}")
