"""Reading what a request changes in a record: an object of values, or a list of instructions, each for one field."""

from collections.abc import Mapping
from typing import Any

from backend.kernel.profile_fields import Changes, is_protected, read_changes, set_field, unset_field, update_field
from backend.kernel.refusals import Problems, invalid, refusal

MODEL = "users"
INSTRUCTIONS_LIMIT = 100


def require_model(body: Mapping[str, Any]) -> None:
    """Raise `model_not_found` unless the body is about `users`: there is no other."""
    if body.get("model") != MODEL:
        raise refusal("model_not_found", param="model")


def read_field_name(body: Mapping[str, Any]) -> str:
    """Return the field of a body that is about a sub-model, `users.FIELD`, or an empty text."""
    model = body.get("model")
    return model.removeprefix(f"{MODEL}.") if isinstance(model, str) and model.startswith(f"{MODEL}.") else ""


def read_values(values: Any) -> Changes:
    """Read an object of fields to set. Raises `validation_error`."""
    if not isinstance(values, Mapping):
        raise invalid("values", "values must be an object of fields.")
    return read_changes(values)


def read_instructions(updates: Any) -> Changes:
    """Read one instruction or several: `{field, updateType, value?}`.

    Raises `validation_error`, or `invalid_field` for what may not be set.
    """
    changes = Changes()
    with Problems() as problems:
        for instruction in list_instructions(updates):
            problems.call(_add_instruction, changes, instruction)
    return changes


def list_instructions(updates: Any) -> list[Any]:
    """Read one instruction or several as a list, of whatever. Raises `validation_error`."""
    instructions = [updates] if isinstance(updates, Mapping) else updates
    if not isinstance(instructions, list) or not 1 <= len(instructions) <= INSTRUCTIONS_LIMIT:
        raise invalid("updates", f"updates must be a list of 1 to {INSTRUCTIONS_LIMIT} instructions.")
    return instructions


def _add_instruction(changes: Changes, instruction: Any) -> None:
    field, kind, value = _parse_instruction(instruction)
    if is_protected(field):
        raise refusal("invalid_field", param=field)
    if kind == "unset":
        unset_field(changes, field)
    elif kind == "set":
        set_field(changes, field, value)
    else:
        update_field(changes, field, kind, value)


def _parse_instruction(instruction: Any) -> tuple[str, Any, Any]:
    field = instruction.get("field") if isinstance(instruction, Mapping) else None
    if not isinstance(field, str) or not field:
        raise invalid("updates", "Each instruction must name its field.")
    return field[:100], instruction.get("updateType"), instruction.get("value")
