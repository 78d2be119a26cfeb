"""Filter expressions of Altogic's, of which only those are read that can be about things of one's own.

That is, conditions joined by `&&`: `userId == '...'`, `isPublic == true`, `IN(tags, 'holiday')`. There is no "or", no
"not" and no other function: whatever asks for more is refused, instead of being answered wrongly. Applications write
`this.userId` as well.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.kernel import fields
from backend.kernel.refusals import RefusalError, invalid

LENGTH_LIMIT, CONDITIONS_LIMIT = 1024, 10
OF_RECORD = r"(?:this\.)?"
NAME = r"[A-Za-z_][A-Za-z0-9_-]{0,63}"
VALUE = r"""'[^'\\]*'|"[^"\\]*"|true|false|null|-?\d{1,15}(?:\.\d{1,15})?"""
CONDITION = re.compile(
    rf"\s*(?:{OF_RECORD}(?P<field>{NAME})\s*==\s*(?P<value>{VALUE})"
    rf"|IN\(\s*{OF_RECORD}(?P<list>{NAME})\s*,\s*(?P<item>{VALUE})\s*\))"
    r"\s*(?P<joint>&&|\Z)"
)
WORDS: dict[str, str | bool | None] = {"true": True, "false": False, "null": None}
Value = str | bool | int | float | None


@dataclass(frozen=True)
class Condition:
    """That a field is a value, or with `is_in_list` that the value is in the list which the field is."""

    field: str
    value: Value
    is_in_list: bool = False

    def holds_for(self, record: Mapping[str, Any]) -> bool:
        """Tell whether it holds for a JSON object. A field that is not there is null."""
        found = record.get(self.field)
        if self.is_in_list:
            return isinstance(found, list) and any(are_equal(item, self.value) for item in found)
        return are_equal(found, self.value)


def read_conditions(expression: Any) -> Sequence[Condition]:
    """Read the conditions of an expression; of none there are none. Raises `validation_error`."""
    if expression is None or expression == "":
        return []
    text = fields.text(expression, "expression", LENGTH_LIMIT)
    conditions: list[Condition] = []
    at, joint = 0, "&&"
    while joint:
        found = CONDITION.match(text, at)
        if found is None or len(conditions) == CONDITIONS_LIMIT:
            raise refuse_expression()
        conditions.append(_make_condition(found))
        at, joint = found.end(), found["joint"]
    return conditions


def refuse_expression() -> RefusalError:
    words = "Only conditions about what is your own are offered here, such as userId == '...', joined by &&."
    return invalid("expression", words)


def are_equal(one: Any, other: Any) -> bool:
    """Compare values of JSON, where true is no number."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _make_condition(found: re.Match[str]) -> Condition:
    if found["list"]:
        return Condition(found["list"], _parse_value(found["item"]), is_in_list=True)
    return Condition(found["field"], _parse_value(found["value"]))


def _parse_value(text: str) -> Value:
    if text[0] in "'\"":
        return text[1:-1]
    if text in WORDS:
        return WORDS[text]
    return float(text) if "." in text else int(text)
