"""Conversion of a photo in any accepted format into a square WebP."""

import importlib
import io
import struct
from collections.abc import Callable
from typing import BinaryIO

from PIL import Image, WebPImagePlugin

from web.photos.decoder.colours import convert_to_srgb
from web.photos.decoder.pixels import Photo, shrink_middle
from web.photos.decoder.refusal import DAMAGED, TOO_COSTLY, UNKNOWN_FORMAT, PhotoRefused

QUALITY = 86
AVIF, HEIC = {b"avif", b"avis"}, {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
BROKEN = (OSError, ValueError, SyntaxError, EOFError, RuntimeError, ArithmeticError, LookupError, struct.error)

Reader = Callable[[BinaryIO], Photo]

Image.preinit()  # which would otherwise import later, when no file can be opened


def find_reader(file: BinaryIO) -> Reader:
    """Find the reader for a file, by its content, and import its library. Raises PhotoRefused."""
    name = _find_format(file.read(64))
    file.seek(0)
    if not name:
        raise PhotoRefused(UNKNOWN_FORMAT)
    reader: Reader = importlib.import_module(f"web.photos.decoder.{name}").read_photo
    return reader


def convert(file: BinaryIO, read_photo: Reader) -> bytes:
    """Decode, crop, shrink, turn upright, bring to sRGB and encode without metadata. Raises PhotoRefused."""
    try:
        photo = read_photo(file)
        square = shrink_middle(photo)
        if photo.orientation in TURNS:
            square = square.transpose(TURNS[photo.orientation])
        out = io.BytesIO()
        convert_to_srgb(square, photo.profile).save(
            out, WebPImagePlugin.WebPImageFile.format, quality=QUALITY, method=4, exif=b"", icc_profile=b"", xmp=b""
        )
    except PhotoRefused:
        raise
    except MemoryError:
        raise PhotoRefused(TOO_COSTLY) from None
    except BROKEN:  # what Pillow raises for damaged files
        raise PhotoRefused(DAMAGED) from None
    return out.getvalue()


def _find_format(head: bytes) -> str:
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    if head[4:8] != b"ftyp":
        return ""
    listed = head[8 : int.from_bytes(head[:4], "big")]
    brands = {listed[at : at + 4] for at in range(0, len(listed), 4)}
    return "avif" if brands & AVIF else "heic" if brands & HEIC else ""
