"""Fonts of the owner's: read far enough to let pages appear without them, and not move when they come.

Until a font has arrived, text is shown in one that is there already, stretched to the same width (`size-adjust`) and
placed on the same line (`ascent-override`). How wide both are is told by small letters, as often as text has them.
"""

import struct
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from branding.pictures import read_bounded
from branding.woff2 import DamagedFontError, Tables, unpack

LARGEST = 60 * 1024  # bytes
LETTERS = "aaabcdeeeefghiijklmnnoopqrrssttuvwxyz      "
BOLD_FROM = 550  # weights from here on are shown by the bold face of what is there already


@dataclass(frozen=True)
class Metrics:
    """How large a font is at a size of 1: the mean width of a letter, and what it takes above and below the line."""

    width: float
    ascent: float
    descent: float


@dataclass(frozen=True)
class Font:
    """A font file. `weights` are the lightest and the boldest that it has."""

    name: str
    content: bytes
    weights: tuple[int, int]
    is_italic: bool
    metrics: Metrics


@dataclass(frozen=True)
class Base:
    """A font that is there already, by the names of its faces, and how wide these are."""

    name: str
    regular: tuple[str, ...]
    bold: tuple[str, ...]
    regular_width: float
    bold_width: float


# Of Windows and Apple, and those with the same widths; of Android; of Linux.
BASES = (
    Base(
        "Arial",
        ("Arial", "Liberation Sans", "Arimo"),
        ("Arial Bold", "Liberation Sans Bold", "Arimo Bold"),
        regular_width=0.4563,
        bold_width=0.4937,
    ),
    Base("Roboto", ("Roboto",), ("Roboto Bold",), regular_width=0.4580, bold_width=0.4647),
    Base("DejaVu Sans", ("DejaVu Sans",), ("DejaVu Sans Bold",), regular_width=0.5226, bold_width=0.5888),
)


def read_font(path: Path) -> Font:
    """Read a WOFF2 file. Raises ValueError with the rest of a sentence that begins with its name."""
    content = read_bounded(path, LARGEST)
    try:
        tables = unpack(content)
        return Font(path.name, content, _find_weights(tables), _is_italic(tables), measure(tables))
    except (struct.error, LookupError, ArithmeticError, DamagedFontError):
        raise ValueError("must be a font as WOFF2 that is whole") from None


def write_font_css(fonts: Iterable[Font], url_of: Callable[[str], str]) -> str:
    """Return style rules that bring the fonts, and what stands in for them until they are there."""
    fonts = list(fonts)
    faces = [face for font in fonts for face in (_write_face(font, url_of(font.name)), *_write_stand_ins(font))]
    families = ", ".join(f'"{family}"' for family in ("Own", *(f"Own, by {base.name}" for base in BASES)))
    return "\n".join([*faces, f":root {{ --type: {families}, system-ui, sans-serif; }}", ""])


def measure(tables: Tables) -> Metrics:
    """Measure a font by its tables."""
    (units,) = struct.unpack_from(">H", tables["head"], 18)
    ascent, descent, _gap = struct.unpack_from(">hhh", tables["hhea"], 4)
    widths, glyph_of = _read_widths(tables), _read_glyphs(tables["cmap"])
    total = sum(widths[min(glyph_of(ord(letter)), len(widths) - 1)] for letter in LETTERS)
    if not total:
        raise LookupError
    return Metrics(total / len(LETTERS) / units, ascent / units, -descent / units)


def _write_face(font: Font, url: str) -> str:
    return _write_rule("Own", f'url("{url}") format("woff2")', font, font.weights, " font-display: swap;")


def _write_stand_ins(font: Font) -> Iterator[str]:
    lightest, boldest = font.weights
    for base in BASES:
        if lightest < BOLD_FROM:
            weights = (lightest, min(boldest, BOLD_FROM - 1))
            yield _write_stand_in(font, base.name, base.regular, base.regular_width, weights)
        if boldest >= BOLD_FROM:
            weights = (max(lightest, BOLD_FROM), boldest)
            yield _write_stand_in(font, base.name, base.bold, base.bold_width, weights)


def _write_stand_in(font: Font, base: str, names: Iterable[str], width: float, weights: tuple[int, int]) -> str:
    scale = font.metrics.width / width
    sizes = (
        f" size-adjust: {scale:.2%}; ascent-override: {font.metrics.ascent / scale:.2%};"
        f" descent-override: {font.metrics.descent / scale:.2%}; line-gap-override: 0%;"
    )
    source = ", ".join(f'local("{name}")' for name in names)
    return _write_rule(f"Own, by {base}", source, font, weights, sizes)


def _write_rule(family: str, source: str, font: Font, weights: tuple[int, int], more: str) -> str:
    weight = " ".join(map(str, dict.fromkeys(weights)))
    style = "italic" if font.is_italic else "normal"
    return f'@font-face {{ font-family: "{family}"; src: {source}; font-weight: {weight}; font-style: {style};{more} }}'


def _find_weights(tables: Tables) -> tuple[int, int]:
    for tag, least, _usual, most in _list_axes(tables.get("fvar", b"")):
        if tag == b"wght":
            return least >> 16, most >> 16
    (weight,) = struct.unpack_from(">H", tables["OS/2"], 4)
    return weight, weight


def _list_axes(fvar: bytes) -> Iterator[tuple[bytes, int, int, int]]:
    """Yield tag, least, usual and greatest value of what varies in a font; the values are 65,536 times as large."""
    if fvar:
        start, _reserved, count, size = struct.unpack_from(">HHHH", fvar, 4)
        yield from (struct.unpack_from(">4siii", fvar, start + number * size) for number in range(count))


def _is_italic(tables: Tables) -> bool:
    (selection,) = struct.unpack_from(">H", tables["OS/2"], 62)
    return bool(selection & 1)


def _read_widths(tables: Tables) -> list[int]:
    """Return the widths of the glyphs by number; all after the last are as wide."""
    (count,) = struct.unpack_from(">H", tables["hhea"], 34)
    if "hmtx transformed" in tables:
        return list(struct.unpack_from(f">{count}H", tables["hmtx transformed"], 1))
    return list(struct.unpack_from(f">{2 * count}H", tables["hmtx"])[::2])


def _read_glyphs(cmap: bytes) -> Callable[[int], int]:
    """Return a function that finds the number of the glyph of a character."""
    (count,) = struct.unpack_from(">H", cmap, 2)
    for number in range(count):
        platform, encoding, start = struct.unpack_from(">HHI", cmap, 4 + 8 * number)
        (kind,) = struct.unpack_from(">H", cmap, start)
        if kind == 4 and (platform, encoding) in ((3, 1), (0, 3)):
            return lambda character: _find_in_segments(cmap[start:], character)
    raise LookupError


def _find_in_segments(table: bytes, character: int) -> int:
    """Find a glyph by the format 4 of `cmap`, which OpenType asks of every font."""
    doubled = struct.unpack_from(">H", table, 6)[0]
    for at in range(14, 14 + doubled, 2):
        (end,) = struct.unpack_from(">H", table, at)
        if character <= end:
            first, delta, offset = (struct.unpack_from(">H", table, at + 2 + shift * doubled)[0] for shift in (1, 2, 3))
            if character < first:
                break
            if not offset:
                return int(character + delta) & 0xFFFF
            place = at + 2 + 3 * doubled + offset + 2 * (character - first)
            return int(struct.unpack_from(">H", table, place)[0] + delta) & 0xFFFF
    raise LookupError
