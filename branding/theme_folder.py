"""A folder with the owner's fonts, icons and templates (THEME_DIR): what may be in it, and that each can be used.

Templates are read by the site alone: web/rendering/environment.py.
"""

import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from branding.fonts import Font, read_font
from branding.pictures import LARGEST, PNG_START, read_bounded, read_picture

T = TypeVar("T")

MOST_FONTS = 2
FOLDERS = ("fonts", "templates", "partials")
NOTES = ("readme", "license", "licence", "copying", "ofl")  # how files begin that are for whoever looks into it
TOUCH_ICON = "apple-touch-icon.png"
ICONS = ("favicon.svg", "favicon.ico", TOUCH_ICON)
ICO_START = struct.pack("<HH", 0, 1)


@dataclass(frozen=True)
class ThemeFolder:
    """What is in the folder. Icons are by their names; where there is a `favicon.svg`, none of ours is shown."""

    path: Path | None = None
    fonts: tuple[Font, ...] = ()
    icons: Mapping[str, bytes] = field(default_factory=dict)

    @property
    def has_touch_icon(self) -> bool:
        """Whether there is an icon for home screens: one in the folder, or ours."""
        return not self.icons or TOUCH_ICON in self.icons


def read_theme_folder(path: Path) -> ThemeFolder:
    """Read fonts and icons. Raises ValueError with the rest of a sentence that begins with the name of the setting."""
    _refuse_unknown(path.iterdir(), {*FOLDERS, *ICONS})
    icons = {name: _read_icon(path / name) for name in ICONS if (path / name).exists()}
    if icons and "favicon.svg" not in icons:
        raise ValueError("must hold favicon.svg, where it holds other icons")
    return ThemeFolder(path, _read_fonts(path / "fonts"), icons)


def _refuse_unknown(entries: Iterable[Path], known: set[str]) -> None:
    for entry in sorted(entries):
        if entry.name not in known and not _is_note(entry.name):
            raise ValueError(f"must hold nothing but {', '.join(sorted(known))}, not {entry.name!r}")


def _is_note(name: str) -> bool:
    return name.startswith(".") or name.lower().startswith(NOTES)


def _read_fonts(folder: Path) -> tuple[Font, ...]:
    files = [path for path in sorted(folder.glob("*")) if not _is_note(path.name)]
    if len(files) > MOST_FONTS:
        raise ValueError(f"must hold at most {MOST_FONTS} fonts, not {len(files)}")
    return tuple(replace(_within(path, read_font), name=f"font-{number}.woff2") for number, path in enumerate(files))


def _read_icon(path: Path) -> bytes:
    return _within(path, _READERS[path.name])


def _within(path: Path, read: Callable[[Path], T]) -> T:
    """Read a file of the folder, and name it where it cannot be used. Raises ValueError."""
    try:
        return read(path)
    except ValueError as error:
        raise ValueError(f"{path.name} in it {error}") from None


def _read_svg(path: Path) -> bytes:
    picture = read_picture(path)
    if picture.ending != "svg":
        raise ValueError("must be an SVG")
    return picture.content


def _read_ico(path: Path) -> bytes:
    content = read_bounded(path, LARGEST)
    if not content.startswith(ICO_START):
        raise ValueError("must be an icon as ICO")
    return content


def _read_touch_icon(path: Path) -> bytes:
    picture = read_picture(path)
    if not picture.content.startswith(PNG_START) or picture.width != picture.height or picture.width < 120:
        raise ValueError("must be a square PNG with sides of 120 pixels or more, best 180")
    return picture.content


_READERS = {"favicon.svg": _read_svg, "favicon.ico": _read_ico, TOUCH_ICON: _read_touch_icon}
