"""web/photos/decoder: a file as uploaded becomes one 512 px square WebP without metadata."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageCms, ImageStat, PngImagePlugin

from tests.kit.photo_files import (
    BLUE,
    BOTTOM,
    LEFT,
    PHOTO_FORMATS,
    RED,
    RIGHT,
    SIZE,
    TOP,
    WHITE,
    chunk,
    convert_photo,
    encode_image,
    halves,
    looks,
    open_converted,
    png,
    with_chunks,
    with_orientation,
)
from web.photos.decoder.refusal import DAMAGED, PhotoRefused

SECRET_PLACE = b"54.9783 N"


# Taken


@pytest.mark.parametrize("kind", PHOTO_FORMATS)
def test_what_cameras_and_programs_make_is_taken(kind: str) -> None:
    image = open_converted(encode_image(halves(), kind, quality=95))
    assert looks(image, LEFT, RED)
    assert looks(image, RIGHT, BLUE)


@pytest.mark.parametrize("size", [(1, 1), (1, 900), (900, 1), (511, 513), (512, 512), (4000, 3000)])
def test_any_size_becomes_one_size(size: tuple[int, int]) -> None:
    for kind in ("PNG", "JPEG"):
        open_converted(encode_image(Image.new("RGB", size, RED), kind))


def test_the_middle_is_kept() -> None:
    """Of a wide picture, what is far to the sides is cut."""
    image = Image.new("RGB", (300, 100), WHITE)
    image.paste(RED, (100, 0, 200, 100))
    photo = open_converted(encode_image(image, "PNG"))
    assert looks(photo, LEFT, RED)
    assert looks(photo, RIGHT, RED)


@pytest.mark.parametrize(
    ("orientation", "red_side"),
    [(1, LEFT), (2, RIGHT), (3, RIGHT), (4, LEFT), (5, TOP), (6, TOP), (7, BOTTOM), (8, BOTTOM)],
)
@pytest.mark.parametrize("kind", PHOTO_FORMATS)
def test_a_photo_stands_upright(kind: str, orientation: int, red_side: tuple[int, int]) -> None:
    """As the camera was held, which it says in the metadata that are dropped."""
    photo = open_converted(encode_image(halves(size=(96, 96)), kind, exif=with_orientation(orientation), quality=95))
    assert looks(photo, red_side, RED)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "PA", "RGBA", "RGBa", "I;16", "CMYK", "YCbCr", "RGBX"])
def test_every_kind_of_pixel_is_understood(mode: str) -> None:
    kinds = {"CMYK": "JPEG", "YCbCr": "JPEG", "RGBX": "JPEG", "PA": "WEBP", "RGBa": "WEBP"}
    open_converted(encode_image(in_mode(mode), kinds.get(mode, "PNG")))


def in_mode(mode: str) -> Image.Image:
    if mode == "I;16":
        return Image.frombytes("I;16", SIZE, struct.pack("<H", 0x8000) * (SIZE[0] * SIZE[1]))
    if mode == "RGBa":
        return halves("RGBA")
    return halves("RGBA").convert("PA") if mode == "PA" else halves(mode)


def test_sixteen_bits_a_pixel_keep_their_brightness() -> None:
    photo = open_converted(encode_image(in_mode("I;16"), "PNG"))
    assert looks(photo, LEFT, (128, 128, 128))


def test_cmyk_keeps_its_colours() -> None:
    photo = open_converted(encode_image(halves("CMYK"), "JPEG", quality=95))
    assert looks(photo, LEFT, RED)
    assert looks(photo, RIGHT, BLUE)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_what_is_transparent_becomes_white(kind: str) -> None:
    image = Image.new("RGBA", SIZE, (0, 0, 0, 0))
    image.paste((*RED, 255), (0, 0, 60, 80))
    photo = open_converted(encode_image(image, kind))
    assert looks(photo, LEFT, RED)
    assert looks(photo, RIGHT, WHITE)


def test_a_transparent_palette_colour_becomes_white() -> None:
    image = halves().quantize(2)
    clear = image.getpixel((100, 40))
    photo = open_converted(encode_image(image, "PNG", transparency=clear))
    assert looks(photo, RIGHT, WHITE)


def test_several_pictures_of_a_camera_in_one_file_do_not_move() -> None:
    """MPO: a JPEG with a second one behind it, as phones make them. The first is the photo."""
    content = encode_image(halves(), "MPO", save_all=True, append_images=[halves()])
    assert content[:3] == b"\xff\xd8\xff"
    assert looks(open_converted(content), LEFT, RED)


@pytest.mark.parametrize(
    ("kind", "size", "options"),
    [
        ("JPEG", (9248, 6936), {"quality": 30}),  # 64 megapixels, and decoded at a fraction of them
        ("JPEG", (6000, 4000), {"quality": 30, "progressive": True}),
        ("WEBP", (4096, 3072), {"quality": 1, "method": 0}),
        ("AVIF", (4096, 3072), {"quality": 1, "speed": 10}),
        ("PNG", (6000, 4000), {"compress_level": 1}),
    ],
)
def test_what_real_sensors_make_is_taken(kind: str, size: tuple[int, int], options: dict[str, Any]) -> None:
    open_converted(encode_image(Image.new("RGB", size, RED), kind, **options))


@pytest.mark.filterwarnings("ignore::UserWarning")  # of what writes the AVIF
@pytest.mark.parametrize(
    "exif",
    [
        b"Exif\0\0II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\x0e\x01\x02\0\xff\xff\xff\xff\xff\xff\xff\xff",
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\xff\xff\xff\xff",
    ],
)
def test_a_photo_stands_upright_though_its_other_metadata_are_broken(exif: bytes) -> None:
    """They say where to find what is not there; nothing of them is read or written but how the camera was held."""
    for kind in ("JPEG", "PNG", "WEBP", "AVIF"):
        assert looks(open_converted(encode_image(halves(size=(96, 96)), kind, exif=exif, quality=95)), TOP, RED)


@pytest.mark.parametrize("exif", [b"", b"Exif\0\0", b"II*\0", b"MM\0*\xff\xff\xff\xff", b"II*\0\x08\0\0\0\xff\xff"])
def test_metadata_that_say_nothing_turn_nothing(exif: bytes) -> None:
    assert looks(open_converted(encode_image(halves(size=(96, 96)), "JPEG", exif=exif, quality=95)), LEFT, RED)


ODD_CHUNKS = {
    "a profile that is none": chunk(b"iCCP", b"name\0\0" + zlib.compress(b"no profile")),
    "a profile that is not packed": chunk(b"iCCP", b"name\0\0not packed"),
    "a profile without a name": chunk(b"iCCP", b""),
    "two profiles": chunk(b"iCCP", b"a\0\0" + zlib.compress(b"no")) + chunk(b"iCCP", b"b\0\0" + zlib.compress(b"no")),
    "a text that unpacks to 70 MB": chunk(b"zTXt", b"text\0\0" + zlib.compress(bytes(70_000_000))),
    "a text without an end": chunk(b"iTXt", b"text"),
    "a thousand texts": chunk(b"tEXt", b"k\0v") * 1000,
    "a wrong checksum of a text": chunk(b"tEXt", b"text\0word", checksum=1),
    "a time that is none": chunk(b"tIME", b"\xff"),
    "a short density": chunk(b"pHYs", b"\0"),
    "short colours": chunk(b"cHRM", b"\0") + chunk(b"gAMA", b"") + chunk(b"sRGB", b""),
    "an unknown one": chunk(b"prVt", b"\0" * 70_000),
    "broken metadata of a camera": chunk(b"eXIf", b"II*\0\xff\xff\xff\xff"),
    "one frame": chunk(b"acTL", struct.pack(">II", 1, 0)),
    "no frames that could be counted": chunk(b"acTL", b"\1"),
}


@pytest.mark.parametrize("name", ODD_CHUNKS)
def test_a_whole_png_is_taken_whatever_else_it_holds(name: str) -> None:
    photo = open_converted(with_chunks(encode_image(halves(), "PNG"), ODD_CHUNKS[name]))
    assert looks(photo, LEFT, RED)
    assert looks(photo, RIGHT, BLUE)


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
def test_the_clear_grey_of_a_png_becomes_white(bits: int) -> None:
    """Its left half is of the grey that is called transparent, its right half black."""
    width, clear = 64, 2**bits - 1 if bits == 1 else 2 ** (bits - 1)
    half = width // 2
    row = b"\0" + _packed([clear] * half + [0] * half, bits)
    photo = open_converted(png(width, 64, bits, 0, row * 64, chunk(b"tRNS", struct.pack(">H", clear))))
    assert looks(photo, LEFT, WHITE)
    assert looks(photo, RIGHT, (0, 0, 0))


@pytest.mark.parametrize("bits", [8, 16])
def test_the_clear_colour_of_a_png_becomes_white(bits: int) -> None:
    clear = [channel * (257 if bits == 16 else 1) for channel in BLUE]
    row = b"\0" + _packed([channel * (257 if bits == 16 else 1) for channel in RED] * 32 + clear * 32, bits)
    photo = open_converted(png(64, 64, bits, 2, row * 64, chunk(b"tRNS", struct.pack(">HHH", *clear))))
    assert looks(photo, LEFT, RED)
    assert looks(photo, RIGHT, WHITE)


def test_half_clear_grey_becomes_a_lighter_one() -> None:
    image = Image.new("LA", SIZE, (0, 128))
    assert looks(open_converted(encode_image(image, "PNG")), LEFT, (127, 127, 127))


def _packed(values: list[int], bits: int) -> bytes:
    number = 0
    for value in values:
        number = number << bits | value
    return number.to_bytes(len(values) * bits // 8, "big")


@pytest.mark.parametrize("progressive", [False, True])
@pytest.mark.parametrize("missing", [1, 2, 3, 8])
def test_a_jpeg_may_lack_its_last_bytes(missing: int, progressive: bool) -> None:
    content = encode_image(Image.effect_noise((400, 300), 80), "JPEG", progressive=progressive)
    difference = ImageChops.difference(open_converted(content[:-missing]), open_converted(content))
    assert ImageStat.Stat(difference).mean[0] < 1


@pytest.mark.parametrize("part", [0.1, 0.5])
def test_a_jpeg_in_layers_may_not_lack_some(part: float) -> None:
    content = encode_image(Image.effect_noise((400, 300), 80), "JPEG", progressive=True)
    with pytest.raises(PhotoRefused, match=DAMAGED):
        convert_photo(content[: int(len(content) * part)])


@pytest.mark.parametrize("kind", ["WEBP", "PNG", "AVIF"])
def test_one_frame_does_not_move(kind: str) -> None:
    open_converted(encode_image(halves(), kind, save_all=True, append_images=[]))


# Dropped


def test_nothing_is_kept_of_where_and_how_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x010E] = SECRET_PLACE.decode()
    text = PngImagePlugin.PngInfo()
    text.add_text("Location", SECRET_PLACE.decode())
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    more: dict[str, Any] = {"exif": exif, "icc_profile": profile}
    files = [
        encode_image(halves(), "JPEG", **more, comment=SECRET_PLACE, xmp=b"<x>" + SECRET_PLACE + b"</x>"),
        encode_image(halves(), "PNG", **more, pnginfo=text),
        encode_image(halves(), "WEBP", **more, xmp=b"<x>" + SECRET_PLACE + b"</x>"),
    ]
    for content in files:
        assert SECRET_PLACE in content
        open_converted(content)
        assert SECRET_PLACE not in convert_photo(content)
        assert b"ICCP" not in convert_photo(content)


def test_what_follows_the_picture_is_not_kept() -> None:
    for kind in ("PNG", "JPEG"):
        assert b"<script>" not in convert_photo(encode_image(halves(), kind) + b"<script>alert(1)</script>")
