"""web/photo.py: a file as uploaded becomes one 512 px square WebP without metadata; anything else is refused."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zlib
from contextlib import suppress
from typing import Any

import pytest
from PIL import Image, ImageCms, ImageFile, PngImagePlugin

from web.photo import PhotoRefused, convert

SIZE = (120, 80)
RED, BLUE, WHITE = (220, 20, 20), (20, 20, 220), (255, 255, 255)
LEFT, RIGHT, TOP, BOTTOM = (20, 256), (490, 256), (256, 20), (256, 490)
NOT_A_PHOTO = "The photo must be a JPG, PNG or WebP."
DAMAGED = "This photo is damaged. Choose another one."
SECRET_PLACE = b"54.9783 N"


def written(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def halves(mode: str = "RGB", size: tuple[int, int] = SIZE) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", size, RED)
    image.paste(BLUE, (size[0] // 2, 0, *size))
    return image.convert(mode)


def kept(content: bytes) -> Image.Image:
    """The photo as it is kept, seen to be what every kept photo is."""
    converted = convert(content)
    image = Image.open(io.BytesIO(converted), formats=["WEBP"])
    image.load()
    assert (image.format, image.size, image.mode) == ("WEBP", (512, 512), "RGB")
    assert not image.getexif()
    assert not {"icc_profile", "exif", "xmp", "comment"} & set(image.info)
    assert len(converted) < 200_000
    return image


def looks(image: Image.Image, at: tuple[int, int], colour: tuple[int, int, int]) -> bool:
    seen = image.getpixel(at)
    assert isinstance(seen, tuple)
    return all(abs(a - b) < 40 for a, b in zip(seen, colour, strict=True))


# Taken


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_what_cameras_and_programs_make_is_taken(kind: str) -> None:
    image = kept(written(halves(), kind, quality=95))
    assert looks(image, LEFT, RED)
    assert looks(image, RIGHT, BLUE)


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (511, 513), (512, 512), (4000, 3000)])
def test_any_size_becomes_one_size(size: tuple[int, int]) -> None:
    for kind in ("PNG", "JPEG"):
        kept(written(Image.new("RGB", size, RED), kind))


def test_the_middle_is_kept() -> None:
    """Of a wide picture, what is far to the sides is cut."""
    image = Image.new("RGB", (300, 100), WHITE)
    image.paste(RED, (100, 0, 200, 100))
    photo = kept(written(image, "PNG"))
    assert looks(photo, LEFT, RED)
    assert looks(photo, RIGHT, RED)


@pytest.mark.parametrize(
    ("orientation", "red_side"),
    [(1, LEFT), (2, RIGHT), (3, RIGHT), (4, LEFT), (5, TOP), (6, TOP), (7, BOTTOM), (8, BOTTOM)],
)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_stands_upright(kind: str, orientation: int, red_side: tuple[int, int]) -> None:
    """As the camera was held, which it says in the metadata that are dropped."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = kept(written(halves(size=(96, 96)), kind, exif=exif, quality=95))
    assert looks(photo, red_side, RED)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGBA", "RGBa", "I;16", "CMYK", "YCbCr", "RGBX"])
def test_every_kind_of_pixel_is_understood(mode: str) -> None:
    kinds = {"CMYK": "JPEG", "YCbCr": "JPEG", "RGBX": "JPEG", "PA": "WEBP", "RGBa": "WEBP"}
    kept(written(in_mode(mode), kinds.get(mode, "PNG")))


def in_mode(mode: str) -> Image.Image:
    if mode == "I;16":
        return Image.frombytes("I;16", SIZE, struct.pack("<H", 0x8000) * (SIZE[0] * SIZE[1]))
    if mode == "RGBa":
        return halves("RGBA")
    return halves("RGBA").convert("PA") if mode == "PA" else halves(mode)


def test_sixteen_bits_a_pixel_keep_their_brightness() -> None:
    photo = kept(written(in_mode("I;16"), "PNG"))
    assert looks(photo, LEFT, (128, 128, 128))


def test_cmyk_keeps_its_colours() -> None:
    photo = kept(written(halves("CMYK"), "JPEG", quality=95))
    assert looks(photo, LEFT, RED)
    assert looks(photo, RIGHT, BLUE)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_is_transparent_becomes_white(kind: str) -> None:
    image = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    image.paste((*RED, 255), (0, 0, 60, 80))
    photo = kept(written(image, kind))
    assert looks(photo, LEFT, RED)
    assert looks(photo, RIGHT, WHITE)


def test_a_transparent_palette_colour_becomes_white() -> None:
    image = halves().quantize(2)
    clear = image.getpixel((100, 40))
    photo = kept(written(image, "PNG", transparency=clear))
    assert looks(photo, RIGHT, WHITE)


def test_several_pictures_of_a_camera_in_one_file_do_not_move() -> None:
    """MPO: a JPEG with a second one behind it, as phones make them. The first is the photo."""
    content = written(halves(), "MPO", save_all=True, append_images=[halves()])
    assert content[:3] == b"\xff\xd8\xff"
    assert looks(kept(content), LEFT, RED)


def test_a_large_photo_of_a_phone_is_taken() -> None:
    """48 megapixels, which a baseline JPEG lets us decode at a fraction of its size."""
    kept(written(Image.new("RGB", (8000, 6000), RED), "JPEG", quality=30))


# Dropped


def test_nothing_is_kept_of_where_and_how_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x010E] = SECRET_PLACE.decode()
    text = PngImagePlugin.PngInfo()
    text.add_text("Location", SECRET_PLACE.decode())
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    more: dict[str, Any] = {"exif": exif, "icc_profile": profile}
    files = [
        written(halves(), "JPEG", **more, comment=SECRET_PLACE, xmp=b"<x>" + SECRET_PLACE + b"</x>"),
        written(halves(), "PNG", **more, pnginfo=text),
        written(halves(), "WEBP", **more, xmp=b"<x>" + SECRET_PLACE + b"</x>"),
    ]
    for content in files:
        assert SECRET_PLACE in content
        kept(content)
        assert SECRET_PLACE not in convert(content)
        assert b"ICCP" not in convert(content)


def test_what_follows_the_picture_is_not_kept() -> None:
    for kind in ("PNG", "JPEG"):
        assert b"<script>" not in convert(written(halves(), kind) + b"<script>alert(1)</script>")


# Refused


@pytest.mark.parametrize(
    "content",
    [
        b"<!doctype html><script>alert(1)</script>",
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"GIF89a" + bytes(100),
        b"%PDF-1.7",
        b"\x00" * 1000,
        b"x",
        b"\x89PNG",
        b"\xff\xd8\xff",
        b"RIFF\x00\x00\x00\x00WEBP",
    ],
)
def test_what_is_no_photo_is_refused_by_its_content(content: bytes) -> None:
    with pytest.raises(PhotoRefused) as refused:
        convert(content)
    assert str(refused.value) in (NOT_A_PHOTO, DAMAGED)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO", "PPM", "AVIF", "JPEG2000", "DDS", "EPS", "PDF"])
def test_other_kinds_are_refused(kind: str) -> None:
    with pytest.raises(PhotoRefused, match=NOT_A_PHOTO):
        convert(written(halves(), kind))


def test_nothing_chosen_is_said() -> None:
    with pytest.raises(PhotoRefused, match=r"Choose a photo first\."):
        convert(b"")


@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_what_moves_is_refused(kind: str) -> None:
    frames = [Image.new("RGB", SIZE, colour) for colour in (RED, BLUE)]
    with pytest.raises(PhotoRefused, match=r"This photo moves\."):
        convert(written(frames[0], kind, save_all=True, append_images=frames[1:], duration=100))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_what_arrived_in_part_is_refused(kind: str) -> None:
    content = written(Image.effect_noise((400, 300), 80), kind)
    for part in (0.1, 0.5, 0.9):
        with pytest.raises(PhotoRefused):
            convert(content[: int(len(content) * part)])


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_no_damage_is_our_mistake(kind: str) -> None:
    """A byte changed here and there: a photo, or a refusal."""
    content = written(halves("RGB"), kind, exif=Image.Exif())
    for at in range(0, len(content), max(1, len(content) // 100)):
        with suppress(PhotoRefused):
            convert(content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :])


def png_that_claims(width: int, height: int) -> bytes:
    """A file of a few bytes."""
    size = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = chunk(b"IHDR", size) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


@pytest.mark.parametrize("size", [(6_000, 6_000), (50_000, 50_000), (2**31 - 1, 2**31 - 1), (24_000_001, 1)])
def test_a_bomb_is_refused_before_it_is_unpacked(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked: list[object] = []
    monkeypatch.setattr(ImageFile.ImageFile, "load", unpacked.append)
    tracemalloc.start()
    try:
        with pytest.raises(PhotoRefused, match=r"pixels|damaged"):
            convert(png_that_claims(*size))
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
    assert not unpacked


@pytest.mark.parametrize(
    ("kind", "size", "options"),
    [
        ("PNG", (4899, 4900), {}),
        ("WEBP", (3465, 3465), {"quality": 1, "method": 0}),
        ("JPEG", (4900, 4900), {"progressive": True}),
        ("JPEG", (8001, 8001), {}),
    ],
)
def test_each_kind_has_its_own_most_pixels(kind: str, size: tuple[int, int], options: dict[str, Any]) -> None:
    with pytest.raises(PhotoRefused, match="too many pixels"):
        convert(written(Image.new("L" if kind == "PNG" else "RGB", size), kind, **options))
