"""Frozen dataclasses that a start makes quickly.

The standard library writes and compiles seven methods for each, which takes most of a millisecond: with two hundred
classes an eighth of a start, and 2 MB. Here it writes `__init__` alone, and all classes share the rest. That nothing
assigns to a field is held by mypy, and not once more while the program runs.
"""

import dataclasses
from typing import TYPE_CHECKING, Any, TypeVar

T = TypeVar("T")

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(*, frozen):
        """Make a dataclass as `dataclasses.dataclass` does."""
        return _make_frozen if frozen else dataclasses.dataclass


def _make_frozen(cls: type[T]) -> type[T]:
    cls.__doc__ = cls.__doc__ or cls.__name__  # in place of a signature, which takes long to write
    made = dataclasses.dataclass(repr=False, eq=False)(cls)
    for name in SHARED - vars(made).keys():
        setattr(made, name, vars(_Shared)[name])
    return made


class _Shared:
    """What a frozen dataclass is besides its fields. A field with `repr=False` is a secret, and not shown."""

    def __repr__(self: Any) -> str:
        shown = [f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr]
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def __eq__(self, other: object) -> bool:
        return _list_values(self) == _list_values(other) if type(self) is type(other) else NotImplemented

    def __hash__(self) -> int:
        return hash(_list_values(self))


SHARED = {"__repr__", "__eq__", "__hash__"}


def _list_values(record: Any) -> tuple[Any, ...]:
    return tuple(getattr(record, field.name) for field in dataclasses.fields(record) if field.compare)
