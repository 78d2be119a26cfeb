"""The container of fonts for the web, WOFF2: a directory, then all tables packed together.

https://www.w3.org/TR/WOFF2/
"""

import struct
from collections.abc import Mapping
from typing import Any

LARGEST_TABLES = 4 * 1024 * 1024  # bytes of a font when it is unpacked
MOST_TABLES = 64
HEAD = struct.Struct(">4sIIHHIIHHIIIII")
KNOWN = (
    "cmapheadhheahmtxmaxpnameOS/2postcvt fpgmglyflocaprepCFF VORGEBDTEBLCgasphdmxkernLTSHPCLTVDMXvheavmtxBASEGDEF"
    "GPOSGSUBEBSCJSTFMATHCBDTCBLCCOLRCPALSVG sbixacntavarbdatblocbslncvarfdscfeatfmtxfvargvarhstyjustlcarmortmorx"
    "opbdproptrakZapfSilfGlatGlocFeatSill"
)
TAGS = [KNOWN[at : at + 4] for at in range(0, len(KNOWN), 4)]  # by their numbers
OTHER_TAG = 63  # the tag itself follows

Tables = Mapping[str, bytes]


class DamagedFontError(ValueError):
    """What should be a WOFF2 is none, or not all of it."""


def unpack(content: bytes) -> Tables:
    """Return the tables of a WOFF2 by tag; of a transformed one the tag says so. Raises DamagedFontError."""
    import brotli  # imported here: few have a font of their own

    try:
        return _unpack(content, brotli.Decompressor())
    except (struct.error, LookupError, brotli.error):
        raise DamagedFontError from None


def _unpack(content: bytes, decompressor: Any) -> Tables:
    signature, flavor, length, count, _, _, packed = HEAD.unpack_from(content)[:7]
    if signature != b"wOF2" or flavor == b"ttcf" or length != len(content) or not 0 < count <= MOST_TABLES:
        raise LookupError
    entries, at = _read_directory(content, count)
    if sum(size for _, size in entries) > LARGEST_TABLES:
        raise LookupError
    unpacked = decompressor.process(content[at : at + packed], output_buffer_limit=LARGEST_TABLES)
    tables: dict[str, bytes] = {}
    place = 0
    for tag, size in entries:
        tables[tag] = unpacked[place : place + size]
        place += size
    return tables


def _read_directory(content: bytes, count: int) -> tuple[list[tuple[str, int]], int]:
    """Return tag and size of each table as they follow each other when unpacked, and where the directory ends."""
    at, entries = HEAD.size, []
    for _ in range(count):
        flags, at = content[at], at + 1
        tag = TAGS[flags & 63] if flags & 63 != OTHER_TAG else content[at : at + 4].decode("latin-1")
        at += 4 if flags & 63 == OTHER_TAG else 0
        size, at = _read_number(content, at)
        if _is_transformed(tag, flags >> 6):
            size, at = _read_number(content, at)
            tag = f"{tag} transformed" if tag == "hmtx" else tag
        entries.append((tag, size))
    return entries, at


def _is_transformed(tag: str, version: int) -> bool:
    return version != 3 if tag in ("glyf", "loca") else version != 0


def _read_number(content: bytes, at: int) -> tuple[int, int]:
    """Read a UIntBase128: seven bits in each byte, the eighth says that another follows.

    Returns the number and where it ends.
    """
    number = 0
    for place in range(at, at + 5):
        number = number << 7 | content[place] & 127
        if not content[place] & 128:
            return number, place + 1
    raise LookupError
