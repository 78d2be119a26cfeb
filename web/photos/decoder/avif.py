"""AVIF, by the decoder that Pillow brings. Pillow's plugin would rewrite EXIF, and hold one more copy."""

from typing import Any, BinaryIO

from PIL import _avif

from web.photos.decoder.pixels import Photo, RawPixels
from web.photos.decoder.process_limits import bound_pixels
from web.photos.decoder.refusal import ANIMATED, PhotoRefused

MOST_MEGAPIXELS = 13
BYTES_PER_PIXEL = 12  # with an opacity; colours alone take nine
CODEC, THREADS = "auto", 1  # a thread has memory of its own, and others want the cores


def read_photo(file: BinaryIO) -> Photo:
    """Decode the photo. Its orientation comes from the file itself, not from EXIF. Raises PhotoRefused."""
    decoder: Any = _avif.AvifDecoder(file.read(), CODEC, THREADS)
    size, frames, mode, profile, _exif, orientation, _xmp = decoder.get_info()
    if frames > 1:
        raise PhotoRefused(ANIMATED)
    bound_pixels(size, "AVIF", BYTES_PER_PIXEL, 2 * file.tell(), MOST_MEGAPIXELS)
    data = decoder.get_frame(0)[0]
    stride = len(data) // size[1]
    return Photo(RawPixels(size, mode, data, stride), orientation, profile or b"")
