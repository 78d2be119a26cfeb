"""Objects in a free field of one's own record, as Altogic's sub-models have them. They count in its 16 kB."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from backend.kernel.profile_fields import Changes, is_free, unset_field
from backend.kernel.refusals import invalid, refusal
from backend.kernel.sub_objects import (
    Object,
    append_objects,
    drop_object,
    find_object,
    get_object,
    make_object,
    put_object,
    set_values,
    update_values,
)
from backend.rules.context import Services
from backend.rules.profile import reload_user
from backend.store import Queries
from backend.store.records import User

MOST_AT_ONCE = 300  # objects; with the ids that each gets, no more have room


@dataclass(frozen=True)
class Field:
    """A free field of a user's own."""

    user: User
    name: str


def find_sub_object(field: Field, object_id: Any) -> Object | None:
    """Find an object by its id, if it is there."""
    return find_object(json.loads(field.user.fields).get(field.name), object_id)


async def append_sub_objects(services: Services, field: Field, values: Any) -> tuple[User, Any]:
    """Append an object, or a list of them, to a list of objects. Return the user, and what was made.

    Raises `validation_error`.
    """
    several = values if isinstance(values, list) else [values]
    if len(several) > MOST_AT_ONCE:
        raise invalid("values", f"values must be at most {MOST_AT_ONCE} objects.")
    made = [make_object(each, field.user.id) for each in several]
    user = await _write(services, field, partial(append_objects, objects=made, param=field.name))
    return user, made if isinstance(values, list) else made[0]


async def set_sub_object(services: Services, field: Field, values: Any) -> tuple[User, Object]:
    """Set a field to an object. Return the user, and the object. Raises `validation_error`."""
    made = make_object(values, field.user.id)
    return await _write(services, field, partial(_become, made)), made


async def update_sub_object(
    services: Services, field: Field, object_id: Any, values: Any
) -> tuple[User, Object | None]:
    """Set values of an object. Return the user, and the object.

    Raises `resource_not_found`, or `validation_error`.
    """
    change = partial(_change, object_id=object_id, change=partial(set_values, values=values))
    user = await _write(services, field, change)
    return user, find_sub_object(replace(field, user=user), object_id)


async def update_sub_object_fields(
    services: Services, field: Field, object_id: Any, instructions: Sequence[Any]
) -> tuple[User, Object | None]:
    """Set, delete and update fields of an object. Returns and raises as `update_sub_object`."""
    change = partial(_change, object_id=object_id, change=partial(update_values, instructions=instructions))
    user = await _write(services, field, change)
    return user, find_sub_object(replace(field, user=user), object_id)


async def delete_sub_object(services: Services, field: Field, object_id: Any) -> User:
    """Delete an object. Return the user. Raises `resource_not_found`."""
    return await _write(services, field, partial(_drop, object_id=object_id))


def read_field(user: User, name: str) -> Field:
    """Return a field of the user's own. Raises `model_not_found` for one that is not free."""
    if not is_free(name):
        raise refusal("model_not_found", param="model")
    return Field(user, name)


async def _write(services: Services, field: Field, change: Callable[[Any], Any]) -> User:
    return await services.store.write(_change_field, field, change)


def _change_field(queries: Queries, field: Field, change: Callable[[Any], Any]) -> User:
    user = reload_user(queries, field.user)
    becomes = change(json.loads(user.fields).get(field.name))
    changes = Changes(free={field.name: becomes})
    if becomes is None:
        unset_field(changes, field.name)
    values: dict[str, Any] = changes.apply_to(user.fields)
    queries.users.update(user.id, values)
    return replace(user, **values)


def _become(made: Object, _before: Any) -> Object:
    return made


def _change(before: Any, object_id: Any, change: Callable[[Object], Object]) -> Any:
    return put_object(before, change(get_object(before, object_id)))


def _drop(before: Any, object_id: Any) -> Any:
    return drop_object(before, get_object(before, object_id)["_id"])
