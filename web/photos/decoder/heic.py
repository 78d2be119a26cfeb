"""HEIC, as phones write it: HEVC pictures, alone or in a grid.

The library behind it also reads a dozen other kinds of items, in which most of its faults were found; a file that holds
one of them is refused before.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO

import pillow_heif
from pillow_heif import options

from web.photos.decoder.pixels import Photo, RawPixels
from web.photos.decoder.process_limits import bound_pixels
from web.photos.decoder.refusal import ANIMATED, DAMAGED, UNKNOWN_FORMAT, PhotoRefused

MOST_MEGAPIXELS = 36
BYTES_PER_PIXEL = 4.5
ANIMATED_BRANDS = (b"hevc", b"hevx", b"msf1")  # of sequences
ITEM_TYPES = {b"hvc1", b"grid", b"Exif", b"mime", b"uri ", b"iden", b"tmap"}

options.DECODE_THREADS = 1
options.THUMBNAILS = options.DEPTH_IMAGES = options.AUX_IMAGES = False


def read_photo(file: BinaryIO) -> Photo:
    """Decode the photo, upright: its rotation is applied by the decoder. Raises PhotoRefused."""
    content = file.read()
    if content[8:12] in ANIMATED_BRANDS:
        raise PhotoRefused(ANIMATED)
    if not set(_list_item_types(content)) <= ITEM_TYPES:
        raise PhotoRefused(UNKNOWN_FORMAT)
    try:
        file_of_pictures = pillow_heif.open_heif(content)
        picture = file_of_pictures[file_of_pictures.primary_index]
        bound_pixels(picture.size, "HEIC", BYTES_PER_PIXEL, 2 * len(content), MOST_MEGAPIXELS)
        data = picture.data
    except (RuntimeError, EOFError, IndexError):
        raise PhotoRefused(DAMAGED) from None
    profile = picture.info.get("icc_profile")
    pixels = RawPixels(picture.size, picture.mode, data, picture.stride)
    return Photo(pixels, profile=profile if isinstance(profile, bytes) else b"")


def _list_item_types(content: bytes) -> Iterator[bytes]:
    """List the type of every item in the file (ISO/IEC 14496-12: meta, iinf, infe)."""
    for kind, meta in _read_boxes(memoryview(content)):
        if kind == b"meta":
            for inner, listed in _read_boxes(meta[4:]):
                if inner == b"iinf" and listed:
                    entries = _read_boxes(listed[6 if listed[0] == 0 else 8 :])
                    yield from (_read_item_type(entry) for name, entry in entries if name == b"infe")


def _read_item_type(entry: memoryview) -> bytes:
    at = 12 if entry[:1].tobytes() == b"\x03" else 8
    return bytes(entry[at : at + 4])


def _read_boxes(content: memoryview) -> Iterator[tuple[bytes, memoryview]]:
    """Yield kind and content of each box; one that claims more than there is ends with the file."""
    at = 0
    while at + 8 <= len(content):
        size, kind = struct.unpack_from(">I4s", content, at)
        begins = at + 8
        if size == 1 and at + 16 <= len(content):
            (size,), begins = struct.unpack_from(">Q", content, at + 8), at + 16
        ends = at + size if size else len(content)
        if ends < begins:
            return
        yield kind, content[begins:ends]
        at = ends
