"""How a setting is declared: once, as a field of a frozen dataclass, with its name, kind, default and help.

    @dataclass(frozen=True)
    class Sessions:
        \"\"\"Sessions\"\"\"

        idle: int = setting("SESSION_IDLE", whole_number(60, 3600, "seconds"), "600", "Seconds until a session ends.")

Such a dataclass is a room; its docstring is the room's title. With `page: ClassVar[str] = "docs/providers.md"` the
settings are listed on that page instead of in the README. A program's settings are a dataclass of rooms.
"""

import dataclasses
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints, overload

from serving.settings.kinds import Kind

if TYPE_CHECKING:
    from serving.settings.reading import Reader

T = TypeVar("T")
EACH = "{NAME}"


@dataclass(frozen=True)
class Computed:
    """A default that depends on settings declared before: `compute` returns it as it would be written."""

    compute: "Callable[[Reader], str]"
    in_words: str


@dataclass(frozen=True)
class Stored:
    """A default that is made at random at the first start, and stored in a file of this name in DATA_DIR."""

    file: str


Default = str | Computed | Stored | None


@dataclass(frozen=True)
class Setting:
    """One setting. `default` is written as the variable would be, or is None if the setting may be absent.

    `check(value, reader)` raises ValueError with the rest of a sentence that begins with the name; `value` is None if
    the setting is not given.
    """

    name: str
    kind: Kind[Any]
    default: Default
    help: str
    check: "Callable[[Any, Reader], None] | None" = None


@overload
def setting(
    name: str, kind: Kind[T], default: None, help: str, check: "Callable[[Any, Reader], None] | None" = None
) -> T | None: ...


@overload
def setting(
    name: str,
    kind: Kind[T],
    default: str | Computed | Stored,
    help: str,
    check: "Callable[[Any, Reader], None] | None" = None,
) -> T: ...


def setting(
    name: str,
    kind: Kind[Any],
    default: Default,
    help: str,  # noqa: A002
    check: "Callable[[Any, Reader], None] | None" = None,
) -> Any:
    """Declare a field of a room as a setting."""
    declared = Setting(name, kind, default, help, check)
    return dataclasses.field(metadata={"setting": declared}, repr=not kind.is_secret)


def setting_of_each(name: str, kind: Kind[T], help_: str) -> "Mapping[str, T]":
    """Declare a field of a room as a setting that may be given for any number of names, each for EACH in its own.

    Its value is what was given, by those names.
    """
    field: Any = setting(name, kind, None, help_)
    return field  # type: ignore[no-any-return]


def derived(compute: "Callable[[Reader], T]", *, is_secret: bool = False) -> T:
    """Declare a field of a room that follows from settings declared before it."""
    field: Any = dataclasses.field(metadata={"compute": compute}, repr=not is_secret)
    return field  # type: ignore[no-any-return]


def rooms_in(settings: type[Any]) -> dict[str, type[Any]]:
    """Return the rooms of a program's settings, by field."""
    kinds = get_type_hints(settings)
    return {field.name: kinds[field.name] for field in dataclasses.fields(settings)}


def collect_rooms(programs: Iterable[type[Any]]) -> list[type[Any]]:
    """Return the rooms of the settings of several programs, each once."""
    return list(dict.fromkeys(room for program in programs for room in rooms_in(program).values()))


def settings_in(room: type[Any]) -> Iterator[tuple[str, Setting]]:
    """Yield the settings of a room, each with the name of its field."""
    for field in dataclasses.fields(room):
        if "setting" in field.metadata:
            yield field.name, field.metadata["setting"]


def page_of(room: type[Any]) -> str:
    """Return the page of the documentation that a room's settings stand on; empty: README's."""
    return getattr(room, "page", "")


def title_of(room: type[Any]) -> str:
    """Return the title of a room: the first line of its docstring."""
    return (room.__doc__ or "").partition("\n")[0].rstrip(".")
