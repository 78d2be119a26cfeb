"""JPEG: parsed before it is decoded, as the cost depends on how it is encoded.

Only segments of the picture are passed to the decoder, without metadata.
"""

import io
import re
import struct
from dataclasses import dataclass, field
from typing import BinaryIO

from PIL import Image, JpegImagePlugin

from web.photos.decoder.exif import read_orientation
from web.photos.decoder.pixels import SIDE, WORKING_SIDE, Photo
from web.photos.decoder.process_limits import bound_pixels
from web.photos.decoder.refusal import DAMAGED, TOO_MANY_SCANS, PhotoRefused

MOST_SCANS = 100  # cameras write one, programs about ten
MOST_MEGAPIXELS = 250  # the largest sensors of phones have 200
START, END, START_OF_SCAN, APP1, APP2, APP14, LAST_APP, COMMENT = 0xD8, 0xD9, 0xDA, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
FRAMES = {0xC0, 0xC1, 0xC2, 0xC9, 0xCA}
PROGRESSIVE = {0xC2, 0xCA}
MARKER = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])")  # neither a byte of a scan, nor a restart within one
EXIF, ICC = b"Exif\0\0", b"ICC_PROFILE\0"
GREY = range(126, 131)  # how the decoder fills missing rows


@dataclass
class Jpeg:
    """What parsing found. `components`: the sampling factors of each, horizontal and vertical."""

    size: tuple[int, int] = (0, 0)
    components: dict[int, tuple[int, int]] = field(default_factory=dict)
    is_progressive: bool = False
    scans: int = 0
    is_interleaved: bool = True  # its first scan holds all components
    unfinished: set[tuple[int, str]] = field(default_factory=set)  # coefficients whose final scan has not begun
    has_end: bool = False
    exif: bytes = b""
    profile: dict[int, bytes] = field(default_factory=dict)
    needed: list[bytes] = field(default_factory=list)  # segments for the decoder

    @property
    def is_buffered(self) -> bool:
        """Whether the decoder holds all coefficients at once, before it draws the first row."""
        return self.is_progressive or not self.is_interleaved or self.scans > 1

    def bytes_per_pixel(self, scale: int) -> float:
        across, down = (max(factors[axis] for factors in self.components.values()) for axis in (0, 1))
        samples = sum(x * y for x, y in self.components.values()) / (across * down)
        return 4 / scale**2 + (2 * samples if self.is_buffered else 0)


def read_photo(file: BinaryIO) -> Photo:
    """Decode the photo, at a fraction of its size where it is large. Raises PhotoRefused."""
    jpeg = _parse(file.read())
    goal = SIDE if jpeg.is_buffered else WORKING_SIDE
    scale = next(scale for scale in (8, 4, 2, 1) if scale <= max(1, min(jpeg.size) // goal))
    bound_pixels(jpeg.size, "JPG", jpeg.bytes_per_pixel(scale), sum(map(len, jpeg.needed)), MOST_MEGAPIXELS)
    image = JpegImagePlugin.JpegImageFile(io.BytesIO(b"".join(jpeg.needed)))
    jpeg.needed.clear()
    image.draft(None, (jpeg.size[0] // scale, jpeg.size[1] // scale))
    image.load()
    if not jpeg.has_end:
        _refuse_incomplete(jpeg, image)
    profile = b"".join(jpeg.profile[number] for number in sorted(jpeg.profile))
    return Photo(image, read_orientation(jpeg.exif), profile)


def _parse(content: bytes) -> Jpeg:
    """Read every segment up to the end of the picture. Raises PhotoRefused."""
    jpeg, at = Jpeg(needed=[content[:2]]), 2
    while (found := MARKER.search(content, at)) and not jpeg.has_end:
        marker, at = found[1][0], found.end()
        if marker in (START, END, 0x01):
            jpeg.has_end = marker == END and jpeg.scans > 0
            continue
        (length,) = struct.unpack(">H", content[at : at + 2].rjust(2, b"\0"))
        segment, begins = content[at + 2 : at + length], at
        at += max(length, 2)
        _read_segment(jpeg, marker, segment)
        if marker == START_OF_SCAN:
            following = MARKER.search(content, at)
            at = following.start() if following else len(content)
        if not APP1 <= marker <= LAST_APP or marker == APP14:
            jpeg.needed.append(bytes((0xFF, marker)) + content[begins:at])
    jpeg.needed.append(bytes((0xFF, END)))
    if not jpeg.scans:
        raise PhotoRefused(DAMAGED)
    if jpeg.scans > MOST_SCANS:
        raise PhotoRefused(TOO_MANY_SCANS, has=jpeg.scans, most=MOST_SCANS)
    return jpeg


def _read_segment(jpeg: Jpeg, marker: int, segment: bytes) -> None:
    if marker in FRAMES and not jpeg.components:
        _read_frame(jpeg, marker, segment)
    elif marker == START_OF_SCAN:
        _read_scan(jpeg, segment)
    elif marker == APP1 and segment.startswith(EXIF) and not jpeg.exif:
        jpeg.exif = segment
    elif marker == APP2 and segment.startswith(ICC) and len(segment) > len(ICC) + 2:
        jpeg.profile[segment[len(ICC)]] = segment[len(ICC) + 2 :]


def _read_frame(jpeg: Jpeg, marker: int, segment: bytes) -> None:
    try:
        _bits, height, width, count = struct.unpack_from(">BHHB", segment)
        parts = [struct.unpack_from("BB", segment, 6 + 3 * number) for number in range(count)]
    except struct.error:
        raise PhotoRefused(DAMAGED) from None
    jpeg.size, jpeg.is_progressive = (width, height), marker in PROGRESSIVE
    jpeg.components = {number: (max(1, sampling >> 4), max(1, sampling & 15)) for number, sampling in parts}
    jpeg.unfinished = {(number, part) for number in jpeg.components for part in ("DC", "AC")}


def _read_scan(jpeg: Jpeg, segment: bytes) -> None:
    if not jpeg.components or not segment or len(segment) < 4 + 2 * segment[0]:
        raise PhotoRefused(DAMAGED)
    jpeg.scans += 1
    named, (first, last, precision) = segment[1 : 1 + 2 * segment[0] : 2], segment[-3:]
    if jpeg.scans == 1:
        jpeg.is_interleaved = len(named) == len(jpeg.components)
    if not jpeg.is_progressive or precision & 15 == 0:
        parts = {part for part, is_in in (("DC", first == 0), ("AC", last == 63)) if is_in}
        jpeg.unfinished -= {(number, part) for number in named for part in parts}


def _refuse_incomplete(jpeg: Jpeg, image: Image.Image) -> None:
    """Raise PhotoRefused if rows or final scans are missing; a few missing bytes at the end are accepted."""
    last_row = image.crop((0, image.height - 1, *image.size)).getextrema()
    extremes = last_row if isinstance(last_row[0], tuple) else (last_row,)
    is_grey = all(low in GREY and high in GREY for low, high in extremes)
    if jpeg.unfinished or is_grey:
        raise PhotoRefused(DAMAGED)
