"""Write the documentation of settings from their declarations: README's table and `.env.example`.

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

from serving.settings.declaring import Computed, Setting, Stored, collect_rooms, settings_in, title_of

TABLE = re.compile(r"(?<=<!-- settings: made by `make settings` -->\n).*?(?=<!-- end of settings -->)", re.DOTALL)
WIDTH = 120
HEAD = """\
# Copy to .env and change what you need. The site reads it; what the environment says goes before it.
# Every setting has a default that works on this computer, so an empty file is fine. Made by `make settings`.
"""


def write_table(rooms: Iterable[type[Any]]) -> str:
    """Return the settings as a table in Markdown, a heading row for each room."""
    lines = ["", "| setting | for | default |", "|---|---|---|"]
    for room in rooms:
        lines.append(f"| **{title_of(room)}** | | |")
        lines += [f"| `{setting.name}` | {setting.help} | {_default(setting)} |" for _, setting in settings_in(room)]
    return "\n".join([*lines, "", ""])


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
    """Write both files, in the current folder."""
    parts = (name.partition(":") for name in names)
    rooms = collect_rooms(getattr(importlib.import_module(module), kind) for module, _, kind in parts)
    readme = Path("README.md")
    readme.write_text(TABLE.sub(lambda _: write_table(rooms), readme.read_text("utf-8")), "utf-8")
    Path(".env.example").write_text(write_example(rooms), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
