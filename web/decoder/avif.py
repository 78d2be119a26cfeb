"""AVIF, by the decoder that Pillow brings."""

from typing import Any, BinaryIO

from PIL import AvifImagePlugin

from web.decoder.exif import read_orientation
from web.decoder.limits import bound_pixels
from web.decoder.pixels import Photo, RawPixels
from web.decoder.refusal import MOVES, Refused

MOST_MEGAPIXELS = 13
BYTES_PER_PIXEL = 12  # with an opacity; colours alone take nine

AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # each has memory of its own, and others want the cores


def read_photo(file: BinaryIO) -> Photo:
    """The photo, decoded. Raises Refused."""
    image: Any = AvifImagePlugin.AvifImageFile(file)
    if image.n_frames > 1:
        raise Refused(MOVES)
    bound_pixels(image.size, "AVIF", BYTES_PER_PIXEL, 2 * file.tell(), MOST_MEGAPIXELS)
    data = image._decoder.get_frame(0)[0]  # `load` would hold one picture more
    image._decoder = None
    pixels = RawPixels(image.size, image.mode, data, len(image.getbands()) * image.width)
    return Photo(pixels, read_orientation(image.info.get("exif", b"")), image.info.get("icc_profile", b""))
