"""The pixels of a photo, and the middle of them made small before anything else is done to them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from PIL import Image

SIDE = 512  # pixels, of the square that is kept
WORKING_SIDE = 2 * SIDE  # at least, where there are so many
STRIP_ROWS = 128
Box = tuple[int, int, int, int]


class Pixels(Protocol):
    """Anything a part can be taken of."""

    @property
    def size(self) -> tuple[int, int]: ...

    def crop(self, box: Box) -> Image.Image: ...


@dataclass(frozen=True)
class RawPixels:
    """Rows of bytes as a codec gave them, never copied as a whole."""

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
    """What was read of a file. `plain` makes L, LA, RGB, RGBA or CMYK of a part in the file's own kind of pixel."""

    pixels: Pixels
    orientation: int = 1  # as in EXIF
    profile: bytes = b""  # ICC
    plain: Callable[[Image.Image], Image.Image] = lambda part: part


def shrink_middle(photo: Photo) -> Image.Image:
    """The square in the middle, in strips: a conversion of the whole would double its memory."""
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
