"""A photo as uploaded -> the photo as kept: one 512 px square WebP without metadata.

Everything is decided by content, and the number of pixels by the header, before anything is decoded: a file of 17 kB
can unpack to 700 MB.
"""

import asyncio
import contextvars
import io
import warnings
from concurrent.futures import ThreadPoolExecutor

from PIL import Image, ImageOps, UnidentifiedImageError

from web.language import gettext as _

SIDE = 512
QUALITY = 86
MEGAPIXEL = 1_000_000
FORMATS = ("PNG", "JPEG", "WEBP")
JPEGS = ("JPEG", "MPO")  # MPO: a JPEG with more pictures behind it, as some phones write; the first is the photo
MOST_PIXELS = {"PNG": 24 * MEGAPIXEL, "JPEG": 24 * MEGAPIXEL, "MPO": 24 * MEGAPIXEL, "WEBP": 12 * MEGAPIXEL}
MOST_PIXELS_DRAFTED = 64 * MEGAPIXEL  # a baseline RGB JPEG, which Pillow can decode at a fraction of its size

_slot = ThreadPoolExecutor(max_workers=1, thread_name_prefix="photo")  # one at a time bounds the memory


class PhotoRefused(ValueError):  # noqa: N818
    """The file is not a photo that we keep; the text says why, to its owner."""


async def kept(content: bytes) -> bytes:
    """The WebP to keep. Raises PhotoRefused."""
    as_asked = contextvars.copy_context()  # a refusal is told in the language of who asked
    return await asyncio.get_running_loop().run_in_executor(_slot, as_asked.run, convert, content)


def convert(content: bytes) -> bytes:
    """Decode, orient, crop to a square, scale and encode again. Raises PhotoRefused."""
    if not content:
        raise PhotoRefused(_("Choose a photo first."))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of sizes and odd metadata; the limits here are our own
            return _converted(content)
    except PhotoRefused:
        raise
    except Image.DecompressionBombError:
        raise PhotoRefused(_too_many_pixels()) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, ArithmeticError, LookupError, MemoryError):
        raise PhotoRefused(_("This photo is damaged. Choose another one.")) from None


def _converted(content: bytes) -> bytes:
    image = _opened(content)
    _refuse_size(image)
    image.draft("RGB", (2 * SIDE, 2 * SIDE))
    photo = _flattened(ImageOps.exif_transpose(image))
    square = ImageOps.fit(photo, (SIDE, SIDE), Image.Resampling.LANCZOS)
    out = io.BytesIO()
    square.save(out, "WEBP", quality=QUALITY, method=4, exif=b"", icc_profile=b"", xmp=b"")
    return out.getvalue()


def _opened(content: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(content), formats=FORMATS)
    except UnidentifiedImageError:
        raise PhotoRefused(_("The photo must be a JPG, PNG or WebP.")) from None


def _refuse_size(image: Image.Image) -> None:
    width, height = image.size
    if width * height > _most_pixels(image):
        raise PhotoRefused(_too_many_pixels())
    if image.format not in JPEGS and getattr(image, "n_frames", 1) > 1:
        raise PhotoRefused(_("This photo moves. Choose one that stands still."))


def _too_many_pixels() -> str:
    return _("This photo has too many pixels. Choose one of at most 24 megapixels.")


def _most_pixels(image: Image.Image) -> int:
    drafted = image.format in JPEGS and image.mode == "RGB" and not image.info.get("progressive")
    return MOST_PIXELS_DRAFTED if drafted else MOST_PIXELS[str(image.format)]


def _flattened(image: Image.Image) -> Image.Image:
    """Plain RGB; what is transparent becomes white, as it looks on most pages."""
    if image.mode in ("I;16", "I;16B", "I;16L", "I"):
        image = image.convert("I").point(lambda value: value / 256).convert("L")
    if "A" in image.getbands() or "transparency" in image.info:
        layered = image.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", layered.size, "white"), layered).convert("RGB")
    return image.convert("RGB")
