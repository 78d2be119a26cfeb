"""WebP. Its decoder makes room for the whole picture when it is only opened, so the size is read before."""

import struct
from typing import Any, BinaryIO

from PIL import WebPImagePlugin

from web.photos.decoder.exif import read_orientation
from web.photos.decoder.pixels import Photo, RawPixels
from web.photos.decoder.process_limits import bound_pixels
from web.photos.decoder.refusal import ANIMATED, DAMAGED, PhotoRefused

MOST_MEGAPIXELS = 13  # a phone's twelve
BYTES_PER_PIXEL = 12  # the frame, the one before it, and the copy that is given out


def read_photo(file: BinaryIO) -> Photo:
    """Decode the photo. Raises PhotoRefused."""
    bound_pixels(_read_size(file.read(30)), "WebP", BYTES_PER_PIXEL, file.seek(0, 2), MOST_MEGAPIXELS)
    file.seek(0)
    image: Any = WebPImagePlugin.WebPImageFile(file)
    if image.n_frames > 1:
        raise PhotoRefused(ANIMATED)
    frame = image._decoder.get_next()  # `load` would hold a fourth picture
    if frame is None:
        raise PhotoRefused(DAMAGED)
    pixels = RawPixels(image.size, image.rawmode, frame[0], 4 * image.width)
    return Photo(pixels, read_orientation(image.info.get("exif", b"")), image.info.get("icc_profile", b""), _make_plain)


def _make_plain(part: Any) -> Any:
    return part.convert("RGB") if part.mode == "RGBX" else part


def _read_size(head: bytes) -> tuple[int, int]:
    """Width and height, of each of the three kinds of first chunk. Raises PhotoRefused."""
    kind, content = head[12:16], head[20:].ljust(10, b"\0")
    if kind == b"VP8X":
        width, height = (int.from_bytes(content[at : at + 3], "little") + 1 for at in (4, 7))
    elif kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", content, 1)
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        width, height = (value & 0x3FFF for value in struct.unpack_from("<HH", content, 6))
    else:
        raise PhotoRefused(DAMAGED)
    return width, height
