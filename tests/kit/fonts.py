"""A font of our own, as WOFF2: each letter is a block, as wide as is asked for."""

from __future__ import annotations

import struct

import brotli

UNITS = 1000
LETTERS = range(0x20, 0x7F)
TAGS = {
    "cmap": 0,
    "head": 1,
    "hhea": 2,
    "hmtx": 3,
    "maxp": 4,
    "name": 5,
    "OS/2": 6,
    "post": 7,
    "glyf": 10,
    "loca": 11,
    "fvar": 47,
}
UNTRANSFORMED = 3  # of `glyf` and `loca`, whose tables are transformed otherwise


def make_font(
    width: int = 600, weight: int = 400, *, is_italic: bool = False, weights: tuple[int, int] | None = None
) -> bytes:
    """Widths are in thousandths of the size of the text, of letters and spaces alike. One with `weights` varies."""
    glyphs = [_block(width), b"", _block(width)]
    tables = {
        "cmap": _map_letters(),
        "head": struct.pack(
            ">IIIIHHqqhhhhHHhhh",
            *(0x10000, 0x10000, 0, 0x5F0F3CF5, 0, UNITS, 0, 0, 0, 0, width, 700, 2 * is_italic, 8, 2, 1, 0),
        ),
        "hhea": struct.pack(
            ">IhhhHhhhhhhhhhhhH", 0x10000, 900, -300, 0, width, 0, 0, width, 1, 0, 0, 0, 0, 0, 0, 0, len(glyphs)
        ),
        "hmtx": struct.pack(">Hh", width, 0) * len(glyphs),
        "maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x10000, len(glyphs), 4, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
        "name": _name("Blocks"),
        "OS/2": _describe(width, weight, is_italic=is_italic),
        "post": struct.pack(">IIhhIIIII", 0x30000, 0, -75, 50, 0, 0, 0, 0, 0),
        "glyf": b"".join(glyphs),
        "loca": struct.pack(f">{len(glyphs) + 1}I", *_offsets(glyphs)),
    }
    return _pack({**tables, "fvar": _vary(*weights)} if weights else tables)


def _offsets(glyphs: list[bytes]) -> list[int]:
    return [sum(map(len, glyphs[:number])) for number in range(len(glyphs) + 1)]


def _block(width: int) -> bytes:
    """A rectangle with a little room on both sides."""
    left, right, top = 50, max(width - 50, 60), 700
    corners = struct.pack(">8h", left, right - left, 0, left - right, 0, 0, top, 0)
    return struct.pack(">hhhhhHH", 1, left, 0, right, top, 3, 0) + b"\x01" * 4 + corners + b"\0\0"


def _map_letters() -> bytes:
    """Space is the glyph 1, all else 2: a list, as `idRangeOffset` points to one."""
    glyphs = [1 if letter == 0x20 else 2 for letter in LETTERS]
    segments = struct.pack(">HHHHHHHHH", LETTERS[-1], 0xFFFF, 0, LETTERS[0], 0xFFFF, 0, 1, 4, 0)
    listed = struct.pack(f">{len(glyphs)}H", *glyphs)
    body = struct.pack(">HHHH", 4, 4, 1, 0) + segments + listed
    table = struct.pack(">HHH", 4, len(body) + 6, 0) + body
    return struct.pack(">HHHHI", 0, 1, 3, 1, 12) + table


def _vary(least: int, most: int) -> bytes:
    """Say that the weight varies, and first that the width does, which nobody asks for."""
    axes = ((b"wdth", 75, 100, 100), (b"wght", least, least, most))
    packed = (struct.pack(">4siiiHH", tag, *(value << 16 for value in values), 0, 256) for tag, *values in axes)
    return struct.pack(">HHHHHHHH", 1, 0, 16, 2, len(axes), 20, 0, 0) + b"".join(packed)


def _name(family: str) -> bytes:
    text = family.encode("utf-16-be")
    ids = (1, 4, 6)
    records = b"".join(struct.pack(">HHHHHH", 3, 1, 0x409, number, len(text), 0) for number in ids)
    return struct.pack(">HHH", 0, len(ids), 6 + len(records)) + records + text


def _describe(width: int, weight: int, *, is_italic: bool) -> bytes:
    start = struct.pack(">HhHHH10h", 3, width, weight, 5, 0, 650, 600, 0, 75, 650, 600, 0, 350, 50, 300)
    rest = struct.pack(
        ">h10sIIII4sHHHhhhHHIIhhHHH",
        *(0, bytes(10), 1, 0, 0, 0, b"OWN ", 1 if is_italic else 64, LETTERS[0], LETTERS[-1], 900, -300, 0, 900, 300),
        *(1, 0, 500, 700, 0, 32, 1),
    )
    return start + rest


def _pack(tables: dict[str, bytes]) -> bytes:
    directory, body = b"", b""
    for tag, content in tables.items():
        version = UNTRANSFORMED if tag in ("glyf", "loca") else 0
        directory += bytes([version << 6 | TAGS[tag]]) + _number(len(content))
        body += content
    packed = brotli.compress(body)
    length = 48 + len(directory) + len(packed)
    length += -length % 4
    size = 12 + 16 * len(tables) + sum(len(content) + -len(content) % 4 for content in tables.values())
    head = struct.pack(
        ">4sIIHHIIHHIIIII", b"wOF2", 0x10000, length, len(tables), 0, size, len(packed), 1, 0, 0, 0, 0, 0, 0
    )
    packed += bytes(length - len(head) - len(directory) - len(packed))
    return head + directory + bytes(packed)


def _number(value: int) -> bytes:
    """UIntBase128."""
    parts = [value & 127]
    while value := value >> 7:
        parts.append(value & 127 | 128)
    return bytes(reversed(parts))
