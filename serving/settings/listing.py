"""List settings with their values and where each comes from; nothing secret is shown."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from serving.settings.declaring import EACH, Setting, Stored, settings_in, title_of
from serving.settings.reading import Reader

HIDDEN = "(hidden)"
UNSET = "(not set)"


def list_settings(rooms: Iterable[type[Any]], reader: Reader, environ: Mapping[str, str]) -> str:
    """Return one line for each setting that `reader` has read: its name, its value and its source.

    `environ` is the environment of the process; what is given and not there comes from `.env`.
    """
    rows = {room: list(_describe(room, reader, environ)) for room in rooms}
    cells = [row for room_rows in rows.values() for row in room_rows]
    names, values = (max(len(row[column]) for row in cells) for column in (0, 1))
    lines = []
    for room, room_rows in rows.items():
        lines += ["", title_of(room)]
        lines += [f"  {name:{names}}  {value:{values}}  {source}" for name, value, source in room_rows]
    return "\n".join(lines[1:])


def _describe(room: type[Any], reader: Reader, environ: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    for setting in _list_given(room, reader):
        yield setting.name, _show(setting, reader), _find_source(setting, reader, environ)


def _list_given(room: type[Any], reader: Reader) -> Iterator[Setting]:
    """List a room's settings; of one that may be given for any number of names those that are."""
    for _field, setting in settings_in(room):
        each = reader.find_each(setting).values() if EACH in setting.name else ()
        yield from each or (setting,)


def _show(setting: Setting, reader: Reader) -> str:
    text = reader.texts.get(setting.name, "")
    kind = setting.kind
    if not text:
        return HIDDEN if isinstance(setting.default, Stored) else UNSET
    if kind.is_secret:
        return kind.redact(text) if kind.redact else HIDDEN
    return text if text.isprintable() else repr(text)


def _find_source(setting: Setting, reader: Reader, environ: Mapping[str, str]) -> str:
    if setting.name in reader:
        return "environment" if environ.get(setting.name, "").strip() else ".env"
    if isinstance(setting.default, Stored):
        return f"made, and stored in {setting.default.file} in DATA_DIR"
    return "default"
