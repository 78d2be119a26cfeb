"""Changing the profile: what a user's own record says of its owner."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from backend.kernel import fields
from backend.kernel.file_addresses import find_file_id
from backend.kernel.profile_fields import Changes
from backend.kernel.refusals import refusal
from backend.rules.context import Services
from backend.rules.sessions import SignedIn, find_signed_in, note_use, require_token
from backend.store import Queries
from backend.store.records import User


async def update_profile(services: Services, user: User, changes: Changes) -> User:
    """Change the user's own fields. Return the user as it is afterwards. Raises `user_not_found`."""
    return await services.store.write(_update_profile, user, changes, services.clock())


def _update_profile(queries: Queries, user: User, changes: Changes, now: datetime) -> User:
    before = reload_user(queries, user)
    values: dict[str, Any] = changes.apply_to(before.fields)
    queries.users.update(user.id, values)
    after = replace(before, **values)
    if before.profile_picture != after.profile_picture:
        queries.files.mark_unused(user.id, find_file_id(before.profile_picture), now)
        queries.files.mark_used(user.id, find_file_id(after.profile_picture))
    return after


async def rename(
    services: Services, token: str, name: object, *, user_id: object = None, expected: object = None
) -> tuple[User, str | None]:
    """Find out whose session it is and set their name, in one transaction. Return the user afterwards, and the name
    before.

    Raises what `authenticate` raises, `validation_error`, `permission_denied` where it is not the user `user_id`, and
    `name_changed` where the name is neither the `expected` one nor the new one. None asks for nothing.
    """
    require_token(token)
    now = services.clock()
    me, after = await services.store.write(_rename, services, token, name, user_id, expected, now)
    note_use(services, me.session, now)
    return after, me.user.name


def _rename(
    queries: Queries, services: Services, token: str, name: object, user_id: object, expected: object, now: datetime
) -> tuple[SignedIn, User]:
    me = find_signed_in(queries, services, token, now)
    if user_id is not None and user_id != me.user.id:
        raise refusal("permission_denied", param="id")
    new_name = fields.name(name)
    if expected is not None and me.user.name not in (expected, new_name):
        raise refusal("name_changed", param="expected")
    queries.users.update(me.user.id, {"name": new_name})
    return me, replace(me.user, name=new_name)


def reload_user(queries: Queries, user: User) -> User:
    """Load a user again, within the transaction. Raises `user_not_found`."""
    current = queries.users.find_by_id(user.id)
    if current is None:
        raise refusal("user_not_found")
    return current
