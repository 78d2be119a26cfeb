"""Files as cameras, programs and strangers make them, and what becomes of them in this process."""

from __future__ import annotations

import io
import itertools
import struct
import zlib
from typing import Any

import pillow_heif
from PIL import Image

from web.photos.decoder.conversion import convert, find_reader

pillow_heif.register_heif_opener()

SIZE = (120, 80)
RED, BLUE, WHITE = (220, 20, 20), (20, 20, 220), (255, 255, 255)
LEFT, RIGHT, TOP, BOTTOM = (20, 256), (490, 256), (256, 20), (256, 490)
SIGNATURE = b"\x89PNG\r\n\x1a\n"
PHOTO_FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "HEIF")


def convert_photo(content: bytes) -> bytes:
    """Convert a photo as the decoder's process does, without its limits. Raises PhotoRefused."""
    file = io.BytesIO(content)
    return convert(file, find_reader(file))


def open_converted(content: bytes) -> Image.Image:
    """Convert a photo, see that it is what every kept photo is, and open it."""
    square = convert_photo(content)
    image = Image.open(io.BytesIO(square), formats=["WEBP"])
    image.load()
    assert (image.format, image.size, image.mode) == ("WEBP", (512, 512), "RGB")
    assert not image.getexif()
    assert not {"icc_profile", "exif", "xmp", "comment"} & set(image.info)
    assert len(square) < 200_000
    return image


def make_png(colour: str = "teal", size: tuple[int, int] = (60, 40)) -> bytes:
    """Make a picture of one colour, for whatever needs a photo and does not look at it."""
    return encode_image(Image.new("RGB", size, colour), "PNG")


def photo(kind: str = "PNG", **options: Any) -> tuple[str, bytes, str]:
    """Make a file to upload: its name, its content and its type."""
    return (f"me.{kind.lower()}", draw_photo(kind, **options), f"image/{kind.lower()}")


def draw_photo(kind: str, size: tuple[int, int] = (80, 60), **options: Any) -> bytes:
    """Its upper half red, its lower half blue."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (0, size[1] // 2, *size))
    return encode_image(image, kind, **options)


def encode_image(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def halves(mode: str = "RGB", size: tuple[int, int] = SIZE) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image.convert(mode)


def looks(image: Image.Image, at: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    seen = image.getpixel(at)
    assert isinstance(seen, tuple)
    return all(abs(a - b) < 40 for a, b in zip(seen, colour, strict=True))


def with_orientation(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif.tobytes()


def chunk(name: bytes, data: bytes, *, checksum: int | None = None) -> bytes:
    right = zlib.crc32(name + data)
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", right if checksum is None else checksum)


def png(width: int, height: int, bits: int, colour: int, rows: bytes, *more: bytes) -> bytes:
    """Of a bit depth and a colour type; `rows` are packed as they are, `more` are chunks before them."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0))
    return SIGNATURE + header + b"".join(more) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def with_chunks(content: bytes, *more: bytes) -> bytes:
    """A PNG with these behind its header."""
    return content[:33] + b"".join(more) + content[33:]


def slowest() -> bytes:
    """A JPEG as slow as its bounds on bytes, pixels and scans let it be: more than the decoder may take."""
    return many_scans(100, (6_200, 5_400), noise=14)


def webp_that_claims(width: int, height: int) -> bytes:
    """A header that claims so many pixels, and nothing behind it: 34 bytes."""
    size = (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    return b"RIFF\x1a\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + size + bytes(4)


def many_scans(count: int, size: tuple[int, int] = (64, 64), noise: float = 50) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    image = Image.new("L", size)
    tile = Image.effect_noise((min(size[0], 600), min(size[1], 600)), noise)
    for place in itertools.product(range(0, size[0], 600), range(0, size[1], 600)):
        image.paste(tile, place)
    content = encode_image(image, "JPEG", progressive=True, quality=10)
    last = content.rindex(b"\xff\xda")
    return content[:-2] + content[last:-2] * (count - content.count(b"\xff\xda")) + content[-2:]
