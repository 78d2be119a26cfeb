"""Objects within a free field of a record, as Altogic's sub-models have them: one object, or a list of them.

Each has an `_id` of its own, and `_parent`, the record's. The rest is whatever JSON a client gives.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from backend.kernel.field_updates import check_another_update, read_update
from backend.kernel.keys import new_id
from backend.kernel.refusals import invalid, refusal

Object = dict[str, Any]


def make_object(values: Any, parent_id: str) -> Object:
    """Make an object of values. Raises `validation_error` for what is no object."""
    return {**_read_values(values), "_id": new_id(), "_parent": parent_id}


def append_objects(before: Any, objects: Sequence[Object], param: str) -> list[Any]:
    """Return what a field becomes with more objects. Raises `validation_error` where it is no list."""
    if before is not None and not isinstance(before, list):
        raise invalid(param, "This field is no list of objects.")
    return [*(before or []), *objects]


def find_object(value: Any, object_id: Any) -> Object | None:
    """Find an object in the value of a field by its `_id`, if it is there."""
    if not isinstance(object_id, str):
        return None
    items = value if isinstance(value, list) else [value]
    return next((item for item in items if isinstance(item, dict) and item.get("_id") == object_id), None)


def get_object(value: Any, object_id: Any) -> Object:
    """Find an object as `find_object`, or raise `resource_not_found`."""
    found = find_object(value, object_id)
    if found is None:
        raise refusal("resource_not_found", param="id", message="There is no such object.")
    return found


def put_object(value: Any, changed: Object) -> Any:
    """Return what a field becomes in which an object is another one."""
    if not isinstance(value, list):
        return changed
    return [changed if find_object(item, changed["_id"]) else item for item in value]


def drop_object(value: Any, object_id: str) -> Any:
    """Return what a field becomes without an object; None: nothing."""
    return [item for item in value if not find_object(item, object_id)] if isinstance(value, list) else None


def set_values(before: Object, values: Any) -> Object:
    """Return an object with other values. Raises `validation_error` for what is no object."""
    return before | _read_values(values)


def update_values(before: Object, instructions: Sequence[Any]) -> Object:
    """Return an object after instructions, each `{field, updateType, value?}`. Raises `validation_error`."""
    changed, counts = dict(before), Counter[str]()
    for instruction in instructions:
        field = instruction.get("field") if isinstance(instruction, Mapping) else None
        if not isinstance(field, str) or not field or field.startswith("_"):
            raise invalid("updates", "Each instruction must name a field that is one's own to set.")
        check_another_update(field[:64], counts[field[:64]])
        counts[field[:64]] += 1
        _update_value(changed, field[:64], instruction.get("updateType"), instruction.get("value"))
    return changed


def _update_value(changed: Object, field: str, kind: Any, value: Any) -> None:
    if kind == "unset":
        changed.pop(field, None)
    elif kind == "set":
        changed[field] = value
    else:
        changed[field] = read_update(kind, value, field).apply_to(changed.get(field), field)


def _read_values(values: Any) -> Object:
    """Read an object of values; what begins with `_` is not the client's to set, and is ignored: apps send it back."""
    if not isinstance(values, Mapping):
        raise invalid("values", "values must be an object of fields.")
    return {key: value for key, value in values.items() if not key.startswith("_")}
