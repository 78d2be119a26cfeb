"""PNG: only the chunks of the picture are passed to the decoder, without metadata."""

import io
import struct
import zlib
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from PIL import Image, ImageMath, PngImagePlugin

from web.photos.decoder.colours import MOST_PROFILE_BYTES
from web.photos.decoder.exif import read_orientation
from web.photos.decoder.pixels import Photo
from web.photos.decoder.process_limits import bound_pixels
from web.photos.decoder.refusal import ANIMATED, DAMAGED, PhotoRefused

MOST_MEGAPIXELS = 40
SIGNATURE = b"\x89PNG\r\n\x1a\n"
PICTURE = (b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND")
SMALL = (b"iCCP", b"eXIf", b"acTL")
LONGEST_SMALL = 2 * 1024 * 1024
GREY, PALETTE = 0, 3  # colour types
SIXTEEN = ("I;16", "I;16B", "I;16L", "I")


def read_photo(file: BinaryIO) -> Photo:
    """Open the photo, to be decoded later. Raises PhotoRefused."""
    picture, small = [SIGNATURE], dict[bytes, bytes]()
    for name, data, whole in _read_chunks(file):
        if name in PICTURE:
            picture.append(whole)
        elif name in SMALL:
            small.setdefault(name, data)
    if len(picture) < 2 or len(picture[1]) < 25:
        raise PhotoRefused(DAMAGED)
    width, height, bits, colour = struct.unpack_from(">IIBB", picture[1], 8)
    if struct.unpack(">I", small.get(b"acTL", b"")[:4].rjust(4, b"\0"))[0] > 1:
        raise PhotoRefused(ANIMATED)
    bytes_per_pixel = bits / 8 if colour in (GREY, PALETTE) and bits == 16 else 1 if colour in (GREY, PALETTE) else 4
    bound_pixels((width, height), "PNG", bytes_per_pixel, sum(map(len, picture)), MOST_MEGAPIXELS)
    image = PngImagePlugin.PngImageFile(io.BytesIO(b"".join(picture)))
    picture.clear()
    image.load()
    clear = image.info.pop("transparency", None)
    profile = _unpack_profile(small.get(b"iCCP", b""))
    return Photo(
        image, read_orientation(small.get(b"eXIf", b"")), profile, partial(_make_plain, clear=clear, bits=bits)
    )


def _read_chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes, bytes]]:
    """Yield name, content and all bytes of each chunk that is used; the others are skipped."""
    file.seek(len(SIGNATURE))
    while len(head := file.read(8)) == 8:
        length, name = struct.unpack(">I4s", head)
        if name in PICTURE or (name in SMALL and length <= LONGEST_SMALL):
            rest = file.read(length + 4)
            yield name, rest[:length], head + rest
        else:
            file.seek(length + 4, io.SEEK_CUR)
        if name == b"IEND":
            return


def _unpack_profile(chunk: bytes) -> bytes:
    """Unpack the profile, which follows its name, a zero byte and the method."""
    _name, _end, packed = chunk.partition(b"\0")
    try:
        return zlib.decompressobj().decompress(packed[1:], MOST_PROFILE_BYTES + 1)
    except zlib.error:
        return b""


def _make_plain(part: Image.Image, clear: bytes | int | tuple[int, ...] | None, bits: int) -> Image.Image:
    """L, LA, RGB or RGBA. `clear` is the colour that is transparent, or the opacity of each colour of a palette."""
    if part.mode == "P":
        part.info["transparency"] = clear
        return part.convert("RGB" if clear is None else "RGBA")
    if part.mode in SIXTEEN:
        return _make_eight_bits(part.convert("I"), clear)
    grey_or_colours = part.convert("L") if part.mode == "1" else part
    if clear is None:
        return grey_or_colours
    grey_or_colours.info["transparency"] = _scale_to_eight_bits(clear, bits)
    return grey_or_colours.convert("LA" if grey_or_colours.mode == "L" else "RGBA")


def _make_eight_bits(part: Image.Image, clear: bytes | int | tuple[int, ...] | None) -> Image.Image:
    grey = part.point(lambda value: value / 256).convert("L")
    if clear is None:
        return grey
    opaque = ImageMath.lambda_eval(lambda images: (images["part"] != clear) * 255, part=part)
    return Image.merge("LA", (grey, opaque.convert("L")))


def _scale_to_eight_bits(clear: bytes | int | tuple[int, ...], bits: int) -> int | tuple[int, ...]:
    """Scale the transparent colour to eight bits, as the decoder does with every sample but this one."""
    most: int = 2**bits - 1
    if isinstance(clear, int):
        return clear * 255 // most
    return tuple(value * 255 // most for value in clear)
