"""web/photos/decoder: what is refused of files that were uploaded as photos, and with which words."""

from __future__ import annotations

import tracemalloc
from contextlib import suppress
from typing import Any

import pytest
from PIL import Image, ImageFile

from tests.kit.photo_files import (
    BLUE,
    PHOTO_FORMATS,
    RED,
    SIZE,
    convert_photo,
    encode_image,
    halves,
    many_scans,
    open_converted,
    png,
    webp_that_claims,
)
from web.photos.decoder.refusal import ANIMATED, DAMAGED, TOO_MANY_PIXELS, TOO_MANY_SCANS, UNKNOWN_FORMAT, PhotoRefused


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
        convert_photo(content)
    assert str(refused.value) in (UNKNOWN_FORMAT, DAMAGED)


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO", "PPM", "JPEG2000", "DDS", "EPS", "PDF"])
def test_other_kinds_are_refused(kind: str) -> None:
    with pytest.raises(PhotoRefused, match=UNKNOWN_FORMAT):
        convert_photo(encode_image(halves(), kind))


@pytest.mark.parametrize("kind", ["WEBP", "PNG", "AVIF"])
def test_what_moves_is_refused(kind: str) -> None:
    frames = [Image.new("RGB", SIZE, colour) for colour in (RED, BLUE)]
    with pytest.raises(PhotoRefused, match=ANIMATED):
        convert_photo(encode_image(frames[0], kind, save_all=True, append_images=frames[1:], duration=100))


@pytest.mark.parametrize("kind", PHOTO_FORMATS)
def test_what_arrived_in_part_is_refused(kind: str) -> None:
    content = encode_image(Image.effect_noise((400, 300), 80), kind)
    for part in (0.1, 0.5, 0.9):
        with pytest.raises(PhotoRefused):
            convert_photo(content[: int(len(content) * part)])


@pytest.mark.parametrize("kind", PHOTO_FORMATS)
def test_no_damage_is_our_mistake(kind: str) -> None:
    """A byte changed here and there: a photo, or a refusal."""
    content = encode_image(halves("RGB"), kind, exif=Image.Exif())
    for at in range(0, len(content), max(1, len(content) // 50)):
        with suppress(PhotoRefused):
            convert_photo(content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :])


def png_that_claims(width: int, height: int) -> bytes:
    """A file of a few bytes."""
    return png(width, height, 8, 2, bytes(1000))


@pytest.mark.parametrize("size", [(7_000, 7_000), (50_000, 50_000), (2**31 - 1, 2**31 - 1), (45_000_001, 1)])
def test_a_bomb_is_refused_before_it_is_unpacked(size: tuple[int, int], monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked: list[object] = []
    monkeypatch.setattr(ImageFile.ImageFile, "load", unpacked.append)
    tracemalloc.start()
    try:
        with pytest.raises(PhotoRefused, match=TOO_MANY_PIXELS):
            convert_photo(png_that_claims(*size))
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()
    assert not unpacked


@pytest.mark.parametrize(
    ("content", "numbers"),
    [
        (png_that_claims(7_000, 7_001), {"kind": "PNG", "has": 50, "most": 40}),
        (webp_that_claims(16_000, 16_000), {"kind": "WebP", "has": 256, "most": 13}),
        (encode_image(Image.new("L", (16_000, 16_000)), "JPEG"), {"kind": "JPG", "has": 256, "most": 250}),
        (
            encode_image(Image.new("CMYK", (5_400, 5_400)), "JPEG", progressive=True),
            {"kind": "JPG", "has": 30, "most": 20},
        ),
    ],
    ids=["png", "webp", "jpeg", "jpeg in layers"],
)
def test_too_many_pixels_are_told_with_the_number_that_counted(content: bytes, numbers: dict[str, Any]) -> None:
    with pytest.raises(PhotoRefused, match=TOO_MANY_PIXELS) as refused:
        convert_photo(content)
    assert refused.value.numbers == numbers


@pytest.mark.parametrize("kind", [b"unci", b"av01", b"jpeg", b"vvc1", b"iovl", b"mski"])
def test_a_heic_of_other_pictures_is_refused(kind: bytes) -> None:
    """What the library reads besides HEVC does not reach it."""
    content = encode_image(halves(), "HEIF")
    assert content.count(b"hvc1") == 1
    with pytest.raises(PhotoRefused, match=UNKNOWN_FORMAT):
        convert_photo(content.replace(b"hvc1", kind))


@pytest.mark.parametrize("brand", [b"hevc", b"msf1"])
def test_a_sequence_of_heic_moves(brand: bytes) -> None:
    with pytest.raises(PhotoRefused, match=ANIMATED):
        convert_photo(encode_image(halves(), "HEIF").replace(b"heic", brand, 1))


def test_a_jpeg_has_at_most_a_hundred_scans() -> None:
    open_converted(many_scans(100))
    with pytest.raises(PhotoRefused, match=TOO_MANY_SCANS) as refused:
        convert_photo(many_scans(4_000))
    assert refused.value.numbers == {"has": 4_000, "most": 100}
