"""The fields of a user that a client may set: name, picture, language, timezone, and free fields of its own."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend.kernel import fields
from backend.kernel.field_updates import FieldUpdate, check_another_update, read_update
from backend.kernel.refusals import Problems, invalid

COLUMNS: dict[str, tuple[str, Callable[[Any, str], str | None]]] = {
    "name": ("name", fields.optional_name),
    "profilePicture": ("profile_picture", fields.picture),
    "language": ("language", fields.language),
    "timezone": ("timezone", fields.timezone),
}
PROTECTED = frozenset(
    {
        *("provider", "providerUserId", "email", "emailVerified", "phone", "phoneVerified", "password"),
        *("signUpAt", "lastLoginAt", "leavingDtm", "recoveringDtm", "createdAt", "updatedAt", "accessGroupKeys"),
        "passkeyHandle",
    }
)
FREE_NAME = re.compile(r"[^\W_][\w-]{0,63}")
FREE_LIMIT = 16 * 1024  # bytes of JSON


@dataclass
class Changes:
    """`columns`: new values of columns; `free`: free fields to set; `dropped`: free fields to delete; `updates`: what
    free fields become after that, by what they are."""

    columns: dict[str, str | None] = field(default_factory=dict)
    free: dict[str, Any] = field(default_factory=dict)
    dropped: set[str] = field(default_factory=set)
    updates: dict[str, list[FieldUpdate]] = field(default_factory=dict)

    def to_json(self) -> str:
        return json.dumps({"columns": self.columns, "free": self.free}, sort_keys=True)

    @staticmethod
    def from_json(text: str) -> "Changes":
        stored = json.loads(text)
        return Changes(stored["columns"], stored["free"])

    def apply_to(self, free_fields: str) -> dict[str, str | None]:
        """Return the columns to write of a user who has these free fields. Raises `validation_error` if the free fields
        grow beyond 16 kB, or if one cannot be updated as it is."""
        if not (self.free or self.dropped or self.updates):
            return dict(self.columns)
        others = {key: value for key, value in json.loads(free_fields).items() if key not in self.dropped}
        text = json.dumps(self._update(others | self.free), ensure_ascii=False, separators=(",", ":"))
        if len(text.encode()) > FREE_LIMIT:
            first = next(iter([*self.free, *self.updates]), "values")
            raise invalid(first, "The fields of a user may hold at most 16 kB in all.")
        return {**self.columns, "fields": text}

    def _update(self, free: dict[str, Any]) -> dict[str, Any]:
        for key, updates in self.updates.items():
            for update in updates:
                free[key] = update.apply_to(free.get(key), key)
        return free


def read_sign_up_profile(name_or_data: Any) -> Changes:
    """Read the profile typed at a sign-up: a name, an object of fields, or nothing. Raises `validation_error`."""
    given = name_or_data if isinstance(name_or_data, Mapping) else {"name": name_or_data}
    # A form that has a field for the name and was sent without one.
    changes = read_changes({key: value for key, value in given.items() if (key, value) != ("name", "")})
    changes.apply_to("{}")  # too much is refused now, not when the link is opened
    return changes


def read_changes(values: Mapping[str, Any]) -> Changes:
    """Read changes from an object of values. Fields that a client may not set are ignored: apps send whole users back.

    Raises `validation_error`.
    """
    changes = Changes()
    with Problems() as problems:
        for key, value in values.items():
            if not is_protected(key):
                problems.call(set_field, changes, key, value)
    return changes


def is_protected(key: str) -> bool:
    return key in PROTECTED or key.startswith("_")


def set_field(changes: Changes, key: str, value: Any) -> None:
    """Note a new value of a field. Raises `validation_error` for the value or the field's name."""
    if key in COLUMNS:
        column, clean = COLUMNS[key]
        changes.columns[column] = clean(value, key)
    else:
        _check_name(key)
        changes.free[key] = value
        changes.dropped.discard(key)
        changes.updates.pop(key, None)


def unset_field(changes: Changes, key: str) -> None:
    if key in COLUMNS:
        changes.columns[COLUMNS[key][0]] = None
    else:
        changes.free.pop(key, None)
        changes.dropped.add(key)
        changes.updates.pop(key, None)


def update_field(changes: Changes, key: str, kind: Any, value: Any) -> None:
    """Note an update of a free field, after what is noted of it already. Raises `validation_error`."""
    if key in COLUMNS:
        raise invalid(key, "This field can only be set and unset.")
    _check_name(key)
    noted = changes.updates.setdefault(key, [])
    check_another_update(key, len(noted))
    noted.append(read_update(kind, value, key))


def is_free(key: str) -> bool:
    """Tell whether a field is free: neither a column, nor protected, and a name that there can be."""
    return key not in COLUMNS and not is_protected(key) and FREE_NAME.fullmatch(key) is not None


def _check_name(key: str) -> None:
    if not FREE_NAME.fullmatch(key):
        raise invalid(key[:64], "The name of a field must be at most 64 letters, digits, - or _.")


def make_user_columns(typed: Changes, now: datetime) -> dict[str, Any]:
    """Return the columns of a user without an account as one client typed them, with nothing that others typed."""
    nobody = dict.fromkeys(("name", "profile_picture", "language", "timezone"))
    return {**nobody, "fields": "{}", **typed.apply_to("{}"), "sign_up_at": now, "last_login_at": now}
