"""Updates of free fields that depend on what is there: `increment`, `push` and the like, in the words of Altogic's
client (types.ts, FieldUpdate)."""

import math
import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from backend.kernel.expressions import are_equal
from backend.kernel.refusals import invalid

Number = int | float
NUMERIC: dict[str, Callable[[Number, Number], Number]] = {
    "increment": operator.add,
    "decrement": operator.sub,
    "multiply": operator.mul,
    "min": min,
    "max": max,
}
LISTS = ("push", "pull", "pop", "shift")
MOST_OF_FIELD = 10  # updates at once: each goes through all items of a list
LARGEST = 2**53 - 1  # whole numbers beyond it a browser does not tell apart


@dataclass(frozen=True)
class FieldUpdate:
    """One of NUMERIC or LISTS, and with which value."""

    kind: str
    value: Any

    def apply_to(self, before: Any, field: str) -> Any:
        """Return what a field becomes that is `before`; None: it is not there. Raises `validation_error`."""
        if self.kind in NUMERIC:
            return _calculate(self.kind, before, self.value, field)
        return _change_list(self.kind, before, self.value, field)


def check_another_update(field: str, before: int) -> None:
    """Check that a field can be updated once more, after so many times, in one request. Raises `validation_error`."""
    if before >= MOST_OF_FIELD:
        raise invalid(field, f"A field can be updated at most {MOST_OF_FIELD} times at once.")


def read_update(kind: Any, value: Any, field: str) -> FieldUpdate:
    """Read an update. Raises `validation_error` for a kind that there is not, or for a value that is no number."""
    if not isinstance(kind, str) or kind not in (*NUMERIC, *LISTS):
        raise invalid(field, f"The update must be set, unset, {', '.join((*NUMERIC, *LISTS))}.")
    return FieldUpdate(kind, _read_number(value, field) if kind in NUMERIC else value)


def _calculate(kind: str, before: Any, value: Number, field: str) -> Number:
    """Calculate with a number. One that is not there is 0, but for `min` and `max`, as in MongoDB."""
    if before is None:
        return value if kind in ("min", "max") else _read_number(NUMERIC[kind](0, value), field)
    return _read_number(NUMERIC[kind](_read_number(before, field), value), field)


def _read_number(value: Any, field: str) -> Number:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or (not math.isfinite(value) if isinstance(value, float) else abs(value) > LARGEST):
        raise invalid(field, "This update needs a number, and not too large a one.")
    number: Number = value
    return number


def _change_list(kind: str, before: Any, value: Any, field: str) -> list[Any]:
    if before is not None and not isinstance(before, list):
        raise invalid(field, "This update needs a list.")
    items = before or []
    if kind == "push":
        return [*items, value]
    if kind == "pull":
        return [item for item in items if item != value or not are_equal(item, value)]
    return items[:-1] if kind == "pop" else items[1:]
