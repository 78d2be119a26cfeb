"""Changing the profile: what a user's own record says of its owner."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from backend.kernel import fields
from backend.kernel.events import EventKind
from backend.kernel.file_addresses import find_file_id
from backend.kernel.profile_fields import Changes
from backend.kernel.refusals import refusal
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event
from backend.rules.sessions import SignedIn, find_signed_in, note_use, require_token
from backend.store import Queries
from backend.store.records import User


async def update_profile(services: Services, user: User, changes: Changes, client: ClientInfo) -> User:
    """Change the user's own fields. Return the user as it is afterwards. Raises `user_not_found`."""
    return await services.store.write(_update_profile, user, changes, client, services.clock())


async def update_matching(
    services: Services, user: User, changes: Changes, client: ClientInfo, is_meant: Callable[[User], bool]
) -> bool:
    """Change the user's own fields if the user is meant, as they are in that moment. Return whether they were.

    Raises `user_not_found`.
    """
    return await services.store.write(_update_matching, user, changes, client, services.clock(), is_meant)


def _update_matching(
    queries: Queries,
    user: User,
    changes: Changes,
    client: ClientInfo,
    now: datetime,
    is_meant: Callable[[User], bool],
) -> bool:
    if not is_meant(reload_user(queries, user)):
        return False
    _update_profile(queries, user, changes, client, now)
    return True


def _update_profile(queries: Queries, user: User, changes: Changes, client: ClientInfo, now: datetime) -> User:
    before = reload_user(queries, user)
    values: dict[str, Any] = changes.apply_to(before.fields)
    queries.users.update(user.id, values)
    after = replace(before, **values)
    if before.profile_picture != after.profile_picture:
        queries.files.mark_unused(user.id, find_file_id(before.profile_picture), now)
        queries.files.mark_used(user.id, find_file_id(after.profile_picture))
    _record_changes(queries, before, after, client, now)
    return after


def _record_changes(queries: Queries, before: User, after: User, client: ClientInfo, now: datetime) -> None:
    if before.name != after.name:
        record_event(queries, after.id, EventKind.NAME_CHANGED, client, now)
    if before.profile_picture != after.profile_picture:
        kind = EventKind.PHOTO_CHANGED if after.profile_picture else EventKind.PHOTO_REMOVED
        record_event(queries, after.id, kind, client, now)


@dataclass(frozen=True)
class Renaming:
    """A new name as it was sent, for the user `user_id` alone, and only if the name is still `expected`; None asks for
    nothing."""

    name: object
    user_id: object = None
    expected: object = None


async def rename(services: Services, token: str, renaming: Renaming, client: ClientInfo) -> tuple[User, str | None]:
    """Find out whose session it is and set their name, in one transaction. Return the user afterwards, and the name
    before.

    Raises what `authenticate` raises, `validation_error`, `permission_denied` where it is not the user `user_id`,
    `leaving` for whoever has asked for the account to be deleted, and `name_changed` where the name is neither the
    `expected` one nor the new one.
    """
    require_token(token)
    now = services.clock()
    me, after = await services.store.write(_rename, services, token, renaming, client, now)
    note_use(services, me.session, now)
    return after, me.user.name


def _rename(
    queries: Queries, services: Services, token: str, renaming: Renaming, client: ClientInfo, now: datetime
) -> tuple[SignedIn, User]:
    me = find_signed_in(queries, services, token, now)
    if renaming.user_id is not None and renaming.user_id != me.user.id:
        raise refusal("permission_denied", param="id")
    if me.user.leaves_at is not None:
        raise refusal("leaving")
    new_name = fields.name(renaming.name)
    if renaming.expected is not None and me.user.name not in (renaming.expected, new_name):
        raise refusal("name_changed", param="expected")
    queries.users.update(me.user.id, {"name": new_name})
    after = replace(me.user, name=new_name)
    _record_changes(queries, me.user, after, client, now)
    return me, after


def reload_user(queries: Queries, user: User) -> User:
    """Load a user again, within the transaction. Raises `user_not_found`."""
    current = queries.users.find_by_id(user.id)
    if current is None:
        raise refusal("user_not_found")
    return current
