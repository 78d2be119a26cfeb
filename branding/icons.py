"""The icons of the product, drawn in the colours of its accent: a person on a rounded square, 32 by 32.

SVG for browsers, PNG for home screens, ICO for whatever asks for `/favicon.ico`. The pictures are so simple that they
are painted here, by their outlines along each line, rather than by a library that takes long to load.
"""

import struct
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from math import ceil, sqrt

from branding.palette import Palette

SIZE = 32  # of the drawing
CORNER = 9.0
TOUCH_SIZE = 180  # pixels, as iOS asks for
TOUCH_SCALE = 0.78  # of the drawing within it, since home screens cut corners of their own
ICO_SIZE = 32
LINES = 4  # painted in each row of pixels, for smooth edges

Span = tuple[float, float]  # from where to where a line runs inside an outline
Outline = Callable[[float], Span]
Pixel = tuple[int, int, int, int]  # red, green, blue and alpha
CLEAR: Pixel = (0, 0, 0, 0)


def draw_svg(palette: Palette) -> bytes:
    """Draw the icon as SVG, which follows the scheme of the browser."""
    light, dark = palette.light, palette.dark
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}">'
        f"<style>rect{{fill:{light.fill}}}g{{fill:{light.on_fill}}}"
        f"@media (prefers-color-scheme:dark){{rect{{fill:{dark.fill}}}g{{fill:{dark.on_fill}}}}}</style>"
        f'<rect width="{SIZE}" height="{SIZE}" rx="{CORNER:g}"/>'
        '<g><circle cx="16" cy="12.5" r="4.5"/><path d="M7.5 25a8.5 7 0 0 1 17 0z"/></g></svg>'
    ).encode()


@cache
def paint_touch_icon(palette: Palette) -> bytes:
    """Paint the icon of home screens as PNG: without corners and transparency, for both are black there."""
    picture = Picture(TOUCH_SIZE, TOUCH_SCALE, (*_parse(palette.light.fill), 255))
    picture.paint_person(palette.light.on_fill)
    return picture.encode_png()


@cache
def paint_ico(palette: Palette) -> bytes:
    """Paint the icon as ICO, which holds one PNG."""
    picture = Picture(ICO_SIZE)
    picture.paint(span_square, palette.light.fill)
    picture.paint_person(palette.light.on_fill)
    png = picture.encode_png()
    entry = struct.pack("<BBBBHHII", ICO_SIZE, ICO_SIZE, 0, 0, 1, 32, len(png), 22)
    return struct.pack("<HHH", 0, 1, 1) + entry + png


@dataclass(frozen=True)
class Ellipse:
    """An outline; `until` is the lowest line of it that is drawn."""

    x: float
    y: float
    width: float  # from the middle to the side
    height: float
    until: float

    def span(self, y: float) -> Span:
        """Return where a line is inside."""
        down = (y - self.y) / self.height
        if abs(down) >= 1 or y > self.until:
            return 0, 0
        half = self.width * sqrt(1 - down * down)
        return self.x - half, self.x + half


HEAD = Ellipse(16, 12.5, 4.5, 4.5, SIZE)
SHOULDERS = Ellipse(16, 25, 8.5, 7, 25)


def span_square(y: float) -> Span:
    """Return where a line is inside the rounded square."""
    if not 0 <= y <= SIZE:
        return 0, 0
    beyond = max(CORNER - y, y - (SIZE - CORNER), 0)
    inset = CORNER - sqrt(CORNER * CORNER - beyond * beyond)
    return inset, SIZE - inset


class Picture:
    """A square of pixels, on which the drawing stands in the middle, `scale` as large as the square."""

    def __init__(self, size: int, scale: float = 1, background: Pixel = CLEAR) -> None:
        self.size = size
        self.factor = size * scale / SIZE
        self.margin = size * (1 - scale) / 2
        self.rows = [[background] * size for _ in range(size)]

    def paint_person(self, color: str) -> None:
        """Paint a head above shoulders."""
        self.paint(HEAD.span, color)
        self.paint(SHOULDERS.span, color)

    def paint(self, outline: Outline, color: str) -> None:
        """Fill an outline."""
        for row, pixels in enumerate(self.rows):
            for column, share in self._cover(outline, row).items():
                pixels[column] = _blend(pixels[column], color, share)

    def encode_png(self) -> bytes:
        """Return the picture as PNG."""
        size = struct.pack(">IIBBBBB", self.size, self.size, 8, 6, 0, 0, 0)
        lines = b"".join(b"\0" + bytes(part for pixel in row for part in pixel) for row in self.rows)
        chunks = ((b"IHDR", size), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_make_chunk(kind, content) for kind, content in chunks)

    def _cover(self, outline: Outline, row: int) -> dict[int, float]:
        """Return how much of the pixels of a row is inside an outline, from 0 to 1, by their columns."""
        shares: dict[int, float] = {}
        for line in range(LINES):
            y = (row + (line + 0.5) / LINES - self.margin) / self.factor
            start, end = (x * self.factor + self.margin for x in outline(y))
            for column, share in _split_span(max(start, 0), min(end, self.size)):
                shares[column] = shares.get(column, 0) + share / LINES
        return shares


def _split_span(start: float, end: float) -> Iterator[tuple[int, float]]:
    """Yield each pixel that a span touches, and how much of it."""
    for column in range(int(start), ceil(end)):
        yield column, min(end, column + 1) - max(start, column)


def _blend(pixel: Pixel, color: str, share: float) -> Pixel:
    behind = pixel[3] / 255 * (1 - share)
    total = share + behind
    mixed = (new * share + old * behind for new, old in zip(_parse(color), pixel[:3], strict=True))
    red, green, blue = (round(part / total) for part in mixed)
    return red, green, blue, round(total * 255)


def _parse(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


def _make_chunk(kind: bytes, content: bytes) -> bytes:
    check = zlib.crc32(kind + content)
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)
