"""Write the documentation of settings from their declarations: README's table, those of other pages, `.env.example`.

    python -m serving.settings.docs web.settings:Settings backend.settings:Settings

names the settings of the programs, the first that of the site, which reads `.env`.
"""

import importlib
import re
import sys
import textwrap
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from serving.settings.declaring import Computed, Setting, Stored, collect_rooms, page_of, settings_in, title_of

TABLE = re.compile(r"(?<=<!-- settings: made by `make settings` -->\n).*?(?=<!-- end of settings -->)", re.DOTALL)
README = "README.md"
WIDTH = 120
HEAD = """\
# Copy to .env and change what you need. The site reads it; what the environment says goes before it.
# Every setting has a default that works on this computer, so an empty file is fine. Made by `make settings`.
"""


def write_pages(rooms: Iterable[type[Any]]) -> dict[str, str]:
    """Return the tables in Markdown, each by the page that it stands on: README's, and those of rooms that have a page
    of their own, to which a row of README's leads."""
    rooms = list(rooms)
    own = {page: _write_table(_setting_rows(room)) for room in rooms if (page := page_of(room))}
    return {README: _write_table(row for room in rooms for row in _room_rows(room)), **own}


def _write_table(rows: Iterable[str]) -> str:
    return "\n".join(["", "| setting | for | default |", "|---|---|---|", *rows, "", ""])


def _room_rows(room: type[Any]) -> Iterator[str]:
    if page := page_of(room):
        yield f"| **{title_of(room)}** | [{page}]({page}#settings) | |"
    else:
        yield f"| **{title_of(room)}** | | |"
        yield from _setting_rows(room)


def _setting_rows(room: type[Any]) -> Iterator[str]:
    for _, setting in settings_in(room):
        yield f"| `{setting.name}` | {setting.help} | {_default(setting)} |"


def write_example(rooms: Iterable[type[Any]]) -> str:
    """Return a `.env` file that lists all settings and sets none."""
    return "\n".join([HEAD, *("\n".join(_example_lines(room)) + "\n" for room in rooms)])


def _example_lines(room: type[Any]) -> Iterator[str]:
    yield f"# {title_of(room)}"
    for _, setting in settings_in(room):
        default = setting.default if isinstance(setting.default, str) else ""
        text = setting.help if default or setting.default is None else f"{setting.help} Default: {_default(setting)}."
        yield from textwrap.wrap(
            text.replace("`", ""), WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
        )
        yield f"#{setting.name}={default}"


def _default(setting: Setting) -> str:
    match setting.default:
        case None:
            return "not set"
        case Stored():
            return "made, and stored in `DATA_DIR`"
        case Computed(in_words=words):
            return words
        case text:
            return f"`{text}`"


def main(names: list[str]) -> None:
    """Write all of it, in the current folder."""
    parts = (name.partition(":") for name in names)
    rooms = collect_rooms(getattr(importlib.import_module(module), kind) for module, _, kind in parts)
    for page, table in write_pages(rooms).items():
        _write_page(Path(page), table)
    Path(".env.example").write_text(write_example(rooms), "utf-8")


def _write_page(path: Path, table: str) -> None:
    path.write_text(TABLE.sub(lambda _: table, path.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
