"""The pixels of a photo, and their central square, shrunk before anything else is done."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PIL import Image

SIDE = 512  # pixels, of the stored square
WORKING_SIDE = 2 * SIDE  # at least, if the photo has as many
STRIP_ROWS = 128
Box = tuple[int, int, int, int]


class Pixels(Protocol):
    """Anything that can be cropped."""

    @property
    def size(self) -> tuple[int, int]: ...

    def crop(self, box: Box) -> Image.Image: ...


@dataclass(frozen=True)
class RawPixels:
    """Rows of bytes from a codec, never copied as a whole."""

    size: tuple[int, int]
    mode: str
    data: bytes
    stride: int  # bytes of a row

    def crop(self, box: Box) -> Image.Image:
        left, top, right, bottom = box
        rows = memoryview(self.data)[top * self.stride : bottom * self.stride]
        strip = Image.frombytes(self.mode, (self.size[0], bottom - top), rows, "raw", self.mode, self.stride)
        return strip.crop((left, 0, right, bottom - top))


@dataclass(frozen=True)
class Photo:
    """A photo as it was read. `plain` converts a part from the file's own pixel format to L, LA, RGB, RGBA or CMYK."""

    pixels: Pixels
    orientation: int = 1  # as in EXIF
    profile: bytes = b""  # ICC
    plain: Callable[[Image.Image], Image.Image] = lambda part: part


def shrink_middle(photo: Photo) -> Image.Image:
    """Cut and shrink the central square, in strips: converting the whole would double the memory."""
    (width, height), side = photo.pixels.size, min(photo.pixels.size)
    left, top = (width - side) // 2, (height - side) // 2
    factor = max(1, side // WORKING_SIDE)
    rows = factor * -(-STRIP_ROWS // factor)
    strips = [
        photo.plain(photo.pixels.crop((left, y, left + side, min(y + rows, top + side)))).reduce(factor)
        for y in range(top, top + side, rows)
    ]
    square = Image.new(strips[0].mode, (strips[0].width, sum(strip.height for strip in strips)))
    y = 0
    for strip in strips:
        square.paste(strip, (0, y))
        y += strip.height
    return square.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
