"""The colours of a kept photo are those of the photo, as a second decoder with its own colour management shows it."""

from __future__ import annotations

import base64
import itertools
import statistics
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tests.kit.photo_files import encode_image, open_converted
from tests.kit.photo_profiles import (
    ADOBE_RGB,
    DISPLAY_P3,
    GENERIC_RGB,
    cmyk_profile,
    grey_profile,
    measure_ink,
    rgb_profile,
)

PATCHES, PATCH, SIDE = 8, 64, 512
MOST = 1.5  # mean difference: one is just seen by those who look for it
Lab = tuple[float, float, float]
SHOW = """async ([encoded, type, places]) => {
    const bytes = Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes], { type }));
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    return places.map(([x, y]) => [...canvas.getImageData(x, y, 1, 1).data].slice(0, 3));
}"""
PROFILES: dict[str, tuple[str, str, bytes]] = {
    "no profile": ("RGB", "JPEG", b""),
    "Display P3": ("RGB", "JPEG", rgb_profile(DISPLAY_P3, 2.2)),
    "Display P3 in a PNG": ("RGB", "PNG", rgb_profile(DISPLAY_P3, 2.2)),
    "Display P3 in a WebP": ("RGB", "WEBP", rgb_profile(DISPLAY_P3, 2.2)),
    "Display P3 in an AVIF": ("RGB", "AVIF", rgb_profile(DISPLAY_P3, 2.2)),
    "Adobe RGB": ("RGB", "JPEG", rgb_profile(ADOBE_RGB, 2.2)),
    "Generic RGB": ("RGB", "JPEG", rgb_profile(GENERIC_RGB, 1.8)),
    "grey": ("L", "JPEG", b""),
    "grey with a profile": ("L", "JPEG", grey_profile(1.8)),
    "grey with a profile in a PNG": ("L", "PNG", grey_profile(1.8)),
    "grey with a profile of colours": ("L", "JPEG", rgb_profile(ADOBE_RGB, 1.8)),
    "grey with a profile of colours in a PNG": ("L", "PNG", rgb_profile(ADOBE_RGB, 1.8)),
    "CMYK": ("CMYK", "JPEG", b""),
    "a broken profile": ("RGB", "JPEG", b"\0\0\2\0" + bytes(508)),
    "a cut-off profile": ("RGB", "JPEG", rgb_profile(DISPLAY_P3, 2.2)[:300]),
    "a profile of other colours": ("RGB", "JPEG", cmyk_profile()),
    "a profile of greys": ("RGB", "JPEG", grey_profile(1.8)),
}
QUALITY: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 100, "subsampling": 0},
    "WEBP": {"lossless": True},
    "AVIF": {"quality": 100, "subsampling": "4:4:4"},
    "PNG": {},
}


@pytest.fixture(scope="module")
def page(chromium: Browser) -> Iterator[Page]:
    with chromium.new_context() as context:
        yield context.new_page()


@pytest.mark.parametrize("name", PROFILES)
def test_a_photo_keeps_its_colours(page: Page, name: str) -> None:
    mode, kind, profile = PROFILES[name]
    content = encode_image(chart(mode), kind, icc_profile=profile, **QUALITY[kind])
    ours = open_converted(content)
    shown = page.evaluate(SHOW, [base64.b64encode(content).decode(), f"image/{kind.lower()}", places()])
    differences = [difference(ours.getpixel(place), colour) for place, colour in zip(places(), shown, strict=True)]
    assert statistics.mean(differences) < MOST, f"mean {statistics.mean(differences):.2f}, worst {max(differences):.1f}"


def test_a_photo_for_the_press_has_the_colours_of_its_profile() -> None:
    """Compared with the profile's own words: Chromium gives black ink a tint that the profile does not have."""
    ours = open_converted(encode_image(chart("CMYK"), "JPEG", icc_profile=cmyk_profile(), **QUALITY["JPEG"]))
    meant = [measure_ink(tuple(value / 255 for value in ink)) for ink in colours("CMYK")]  # type: ignore[arg-type]
    seen = [lab(ours.getpixel(place)) for place in places()]
    differences = [distance(one, other) for one, other in zip(seen, meant, strict=True)]
    assert statistics.mean(differences) < MOST, f"mean {statistics.mean(differences):.2f}, worst {max(differences):.1f}"


def chart(mode: str) -> Image.Image:
    """Sixty-four patches: as many steps of each channel as there is room for."""
    image = Image.new(mode, (SIDE, SIDE))
    for (x, y), colour in zip(places(), colours(mode), strict=True):
        half = PATCH // 2
        image.paste(colour if len(colour) > 1 else colour[0], (x - half, y - half, x + half, y + half))
    return image


def colours(mode: str) -> Iterator[tuple[int, ...]]:
    steps = {"L": range(0, 256, 4), "RGB": (0, 85, 170, 255), "CMYK": (0, 50, 100)}[mode]
    return itertools.islice(itertools.product(steps, repeat=len(mode)), PATCHES**2)


def places() -> list[tuple[int, int]]:
    middles = range(PATCH // 2, SIDE, PATCH)
    return [(x, y) for y in middles for x in middles]


def difference(one: Any, other: Any) -> float:
    """CIE 1976, of two sRGB colours."""
    return distance(lab(one), lab(other))


def distance(one: Lab, other: Lab) -> float:
    return float(sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5)


def lab(colour: Any) -> Lab:
    """Of an sRGB colour, under D50 as in profiles."""
    red, green, blue = (linear(value / 255) for value in colour)
    x = curve((0.4361 * red + 0.3851 * green + 0.1431 * blue) / 0.9642)
    y = curve(0.2225 * red + 0.7169 * green + 0.0606 * blue)
    z = curve((0.0139 * red + 0.0971 * green + 0.7142 * blue) / 0.8249)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def linear(value: float) -> float:
    return float(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)


def curve(value: float) -> float:
    return float(value ** (1 / 3) if value > 0.008856 else 7.787 * value + 16 / 116)
