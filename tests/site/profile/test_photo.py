"""The photo on the profile: chosen, uploaded, changed, removed, refused."""

import io
import struct
import zlib

import httpx
import pytest
from PIL import Image

from tests.kit.people import ADA, joins, sends_photo
from tests.kit.photo_files import (
    BLUE,
    PHOTO_FORMATS,
    RED,
    draw_photo,
    encode_image,
    many_scans,
    photo,
    webp_that_claims,
)
from tests.kit.profile_page import find_photo
from tests.kit.visitor import Visitor

Uploaded = tuple[str, bytes, str]
GPS, ORIENTATION, MAKE = 0x8825, 0x0112, 0x010F
NOT_A_PHOTO = "The photo must be a JPG, PNG, WebP, AVIF or HEIC."
TOO_MANY_PIXELS = "This photo has %s megapixels. Save it as a JPG, or choose one with at most 40."


def from_a_phone() -> bytes:
    """Lies on its side, and tells where it was taken."""
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKE] = 6, "Secret maker"
    exif.get_ifd(GPS)[1] = "N"
    return draw_photo("JPEG", exif=exif)


def moving(kind: str) -> bytes:
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, BLUE)]
    return encode_image(frames[0], kind, save_all=True, append_images=frames[1:])


def huge_png(side: int) -> bytes:
    """A header that claims so many pixels, and hardly anything behind it."""
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    parts = {b"IHDR": header, b"IDAT": zlib.compress(b"\0" * 1000), b"IEND": b""}
    chunks = (struct.pack(">I", len(data)) + name + data + checksum(name + data) for name, data in parts.items())
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def checksum(data: bytes) -> bytes:
    return struct.pack(">I", zlib.crc32(data))


async def fetched(visitor: Visitor) -> httpx.Response:
    return await visitor.http.get(find_photo(visitor))


def colour(image: Image.Image, x: int, y: int) -> str:
    pixel = image.convert("RGB").getpixel((x, y))
    assert isinstance(pixel, tuple)
    return "red" if pixel[0] > 150 and pixel[2] < 100 else "blue" if pixel[2] > 150 and pixel[0] < 100 else repr(pixel)


@pytest.mark.parametrize("file_format", PHOTO_FORMATS)
async def test_a_photo_is_kept_as_a_square_without_metadata(visitor: Visitor, file_format: str) -> None:
    await joins(visitor, ADA)
    assert find_photo(visitor) == ""
    await sends_photo(visitor, photo(file_format))

    assert (visitor.path, visitor.status, visitor.status_message) == ("/profile", 200, "Photo saved.")
    assert find_photo(visitor).startswith("/_storage/")
    assert visitor.focused == ("change-photo" if visitor.javascript else "")
    kept = await fetched(visitor)
    image = Image.open(io.BytesIO(kept.content))
    assert (kept.headers["Content-Type"], image.format, image.size) == ("image/webp", "WEBP", (512, 512))
    assert (colour(image, 256, 10), colour(image, 256, 500)) == ("red", "blue")
    assert "immutable" in kept.headers["Cache-Control"]
    assert "sandbox" in kept.headers["Content-Security-Policy"]


async def test_a_photo_from_a_phone_stands_upright_and_tells_no_place(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await sends_photo(visitor, ("IMG_1.jpg", from_a_phone(), "image/jpeg"))
    kept = (await fetched(visitor)).content
    image = Image.open(io.BytesIO(kept))

    assert (colour(image, 500, 256), colour(image, 10, 256)) == ("red", "blue")
    assert (dict(image.getexif()), "exif" in image.info, b"Secret" in kept) == ({}, False, False)


async def test_what_counts_is_the_content_not_the_name(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await sends_photo(visitor, ("evil.svg", draw_photo("PNG"), "image/svg+xml"))
    assert visitor.status_message == "Photo saved."


async def test_a_changed_photo_has_a_new_address_and_the_old_one_is_gone(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await sends_photo(visitor, photo())
    old = find_photo(visitor)
    await sends_photo(visitor, photo("JPEG"))

    assert find_photo(visitor) not in ("", old)
    assert (await visitor.http.get(old)).status_code == 404
    assert (await fetched(visitor)).status_code == 200


async def test_a_photo_is_removed(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await sends_photo(visitor, photo())
    old = find_photo(visitor)
    await visitor.submits("Remove photo")

    assert (visitor.path, find_photo(visitor), visitor.status_message) == ("/profile", "", "Photo removed.")
    assert visitor.focused == ("change-photo" if visitor.javascript else "")
    assert (await visitor.http.get(old)).status_code == 404
    await visitor.opens("/profile")
    assert find_photo(visitor) == ""
    assert "Remove photo" not in visitor.buttons()


async def test_every_act_has_a_page_of_its_own(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens("/profile/avatar")
    await sends_photo(visitor, photo())
    await visitor.opens("/profile/avatar/remove")
    assert visitor.heading == "Remove photo?"
    await visitor.submits("Remove photo")
    await visitor.opens("/profile/avatar/remove")  # nothing is left to remove
    await visitor.submits("Remove photo")
    assert (visitor.path, visitor.status) == ("/profile", 200)


REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "Choose a photo."),
    "text": (b"not a photo", NOT_A_PHOTO),
    "svg": (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', NOT_A_PHOTO),
    "gif": (moving("GIF"), NOT_A_PHOTO),
    "bmp": (draw_photo("BMP"), NOT_A_PHOTO),
    "moving-png": (moving("PNG"), "Animated images aren’t supported. Choose a still photo."),
    "moving-webp": (moving("WEBP"), "Animated images aren’t supported. Choose a still photo."),
    "too-many-pixels": (huge_png(7_000), TOO_MANY_PIXELS % 49),
    "far-too-many-pixels": (huge_png(30_000), TOO_MANY_PIXELS % 900),
    "too-many-pixels-in-34-bytes": (
        webp_that_claims(16_000, 16_000),
        "This photo has 256 megapixels. Save it as a JPG, or choose one with at most 13.",
    ),
    "too-many-layers": (many_scans(4_000), "This JPG is stored in 4000 layers. Choose one with at most 100."),
    "cut-off": (draw_photo("PNG", size=(400, 400))[:300], "This photo is damaged. Choose another one."),
}


async def test_anything_else_is_refused_beside_the_field(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await sends_photo(visitor, photo())
    before = find_photo(visitor)
    for name, (content, error) in REFUSED.items():
        await visitor.opens("/profile")
        await sends_photo(visitor, ("me.png" if content else "", content, "image/png"))
        assert (visitor.status, visitor.error("avatar"), find_photo(visitor)) == (422, error, before), name
        assert visitor.focused == ("change-photo" if visitor.javascript else "avatar"), name
    await visitor.opens("/profile")
    assert (await fetched(visitor)).status_code == 200


async def test_a_photo_that_is_too_large_is_refused_and_the_page_stays(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await sends_photo(visitor, ("me.png", b"\x89PNG" + bytes(17 * 1024 * 1024), "image/png"))

    assert visitor.status == 413
    assert visitor.sees("The photo must be smaller than 16 MB. Choose a smaller one.")
    if visitor.javascript:
        assert visitor.status_message.startswith("The photo must be smaller")
        assert visitor.focused == "save-photo"
        assert visitor.who == ADA.name
    else:
        await visitor.follows("Back to the form")
        assert visitor.path == "/profile/avatar"
