"""Changing the profile: what a user's own record says of its owner."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from backend.kernel.file_addresses import find_file_id
from backend.kernel.profile_fields import Changes
from backend.kernel.refusals import refusal
from backend.rules.context import Services
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


def reload_user(queries: Queries, user: User) -> User:
    """Load a user again, within the transaction. Raises `user_not_found`."""
    current = queries.users.find_by_id(user.id)
    if current is None:
        raise refusal("user_not_found")
    return current
