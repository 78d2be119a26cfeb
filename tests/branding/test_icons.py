"""The icons, as Pillow and an XML parser read them."""

from __future__ import annotations

from io import BytesIO
from xml.etree import ElementTree

from PIL import Image

from branding.icons import draw_svg, paint_ico, paint_touch_icon
from branding.palette import OURS, derive_palette

YELLOW = derive_palette("#ffd400")


def open_picture(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content)).convert("RGBA")


def parse(color: str) -> tuple[int, int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16), 255


def test_a_browser_gets_a_rounded_square_with_a_person_on_it() -> None:
    picture = open_picture(paint_ico(YELLOW))
    assert picture.size == (32, 32)
    assert picture.getpixel((0, 0)) == (0, 0, 0, 0)
    assert picture.getpixel((16, 3)) == picture.getpixel((2, 16)) == (255, 212, 0, 255)
    assert picture.getpixel((16, 12)) == picture.getpixel((16, 22)) == parse(YELLOW.light.on_fill)
    assert picture.getpixel((16, 17)) == (255, 212, 0, 255)  # between head and shoulders
    assert picture.getpixel((16, 26)) == (255, 212, 0, 255)
    edge = picture.getpixel((2, 3))
    assert isinstance(edge, tuple)
    assert 0 < edge[3] < 255


def test_a_home_screen_gets_a_whole_square() -> None:
    picture = open_picture(paint_touch_icon(OURS))
    assert picture.size == (180, 180)
    assert picture.getpixel((0, 0)) == picture.getpixel((179, 179)) == parse(OURS.light.fill)
    assert picture.getpixel((90, 74)) == parse("#ffffff")
    assert picture.getchannel("A").getextrema() == (255, 255)


def test_the_drawing_is_in_the_colours_of_both_schemes() -> None:
    drawing = draw_svg(YELLOW)
    tree = ElementTree.fromstring(drawing)
    assert tree.tag == "{http://www.w3.org/2000/svg}svg"
    light, dark = drawing.decode().split("prefers-color-scheme:dark")
    assert f"rect{{fill:{YELLOW.light.fill}}}" in light
    assert f"rect{{fill:{YELLOW.dark.fill}}}" in dark
