"""Pictures of the owner's: what draws is taken, what does anything else is refused in words that say why."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from branding.icons import draw_svg, paint_ico, paint_touch_icon
from branding.palette import OURS
from branding.pictures import read_picture

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 120 40"'
BLANKS = " " * 60_000  # too many to be tried in each combination
LOGO = f"""<?xml version="1.0" encoding="utf-8"?><!-- drawn by hand -->
{HEAD}><title>Our shop</title><defs><linearGradient id="g"><stop stop-color="#000"/></linearGradient></defs>
<style>.a {{ fill: url(#g) }} @media (prefers-color-scheme: dark) {{ .a {{ fill: url("#g") }} }}</style>
<rect class="a" style="fill: url( '#g' )" width="9" height="9"/><use xlink:href="#g"/>
<image href="data:image/png;base64,iVBORw0KGgo="/></svg>"""


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "logo"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def make_png(width: int, height: int) -> bytes:
    file = BytesIO()
    Image.new("RGBA", (width, height), "teal").save(file, "PNG")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (LOGO, ("svg", 120, 40)),
        (f"{HEAD} width='1' height='1'/>", ("svg", 120, 40)),
        ('<svg xmlns="http://www.w3.org/2000/svg" width="12.5px" height="10"/>', ("svg", 12.5, 10)),
        ('<s:svg xmlns:s="http://www.w3.org/2000/svg" viewBox="-1,-1,30,10"/>', ("svg", 30, 10)),
        pytest.param(f"{HEAD}><rect fill='url({BLANKS}#a)'/></svg>", ("svg", 120, 40), id="blanks"),
        (draw_svg(OURS), ("svg", 32, 32)),
        (make_png(300, 50), ("png", 300, 50)),
        (paint_touch_icon(OURS), ("png", 180, 180)),
    ],
)
def test_what_draws_is_taken(content: str | bytes, expected: tuple[str, float, float], tmp_path: Path) -> None:
    picture = read_picture(write(tmp_path, content))
    assert (picture.ending, picture.width, picture.height) == expected


@pytest.mark.parametrize(
    ("inside", "why"),
    [
        ("<script>alert(1)</script>", "without <script>"),
        ("<s:script xmlns:s='http://www.w3.org/2000/svg'/>", "without <script>"),
        ("<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>x</p></foreignObject>", "without <foreignObject>"),
        ("<a href='javascript:alert(1)'><rect/></a>", "loads nothing"),
        ("<a xlink:href='https://example.com'><rect/></a>", "loads nothing"),
        ("<use href='other.svg#part'/>", "loads nothing"),
        ("<image href='https://example.com/pixel.png'/>", "loads nothing"),
        ("<image href='data:image/svg+xml;base64,PHN2Zy8+'/>", "loads nothing"),
        ("<rect onclick='alert(1)'/>", "without the attribute onclick"),
        ("<rect xml:base='https://example.com/'/>", "without the attribute base"),
        ("<rect style='fill: url(https://example.com/#g)'/>", "url(#part)"),
        ("<rect fill='url(  &quot;//example.com/#g&quot;)'/>", "url(#part)"),
        ("<style>@import 'https://example.com/a.css';</style>", "url(#part)"),
        ("<style>@im<![CDATA[port 'a.css';]]></style>", "url(#part)"),
        ("<style>@im<desc/>port 'a.css';</style>", "nothing but text in <style>"),
        ("<m:meta xmlns:m='http://www.w3.org/1999/xhtml' http-equiv='refresh' content='0;/'/>", "without <meta>"),
        ("<style>rect { fill: u\\72l(//example.com) }</style>", "url(#part)"),
        pytest.param(f"<rect fill='url({BLANKS}//example.com)'/>", "url(#part)", id="blanks"),
        ("<set attributeName='href' to='https://example.com'/>", "without <set>"),
        ("<animate attributeName='href' to='https://example.com'/>", "without <animate>"),
        ("<?xml-stylesheet href='https://example.com/a.css'?>", "without instructions"),
        ("<rect>", "cannot be read"),
    ],
)
def test_an_svg_that_does_more_than_draw_is_refused(inside: str, why: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^must be an SVG") as refused:
        read_picture(write(tmp_path, f"{HEAD}>{inside}</svg>"))
    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('<!DOCTYPE svg [<!ENTITY a "aaaaaaaa">]>' + HEAD + ">&a;</svg>", "without a DOCTYPE"),
        ("<svg viewBox='0 0 1 1'/>", "an SVG or a PNG"),
        ("<html xmlns='http://www.w3.org/1999/xhtml'/>", "an SVG or a PNG"),
        ('<svg xmlns="http://www.w3.org/2000/svg"/>', "with a viewBox"),
        ('<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="100%"/>', "with a viewBox"),
        ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 10"/>', "sides from 1"),
        ("", "not empty"),
        ("logo", "an SVG or a PNG"),
        (f"{HEAD}>{' ' * 65_536}</svg>", "at most 64 kB"),
        (paint_ico(OURS), "an SVG or a PNG"),
        (make_png(30, 30)[:-20], "that is whole"),
        (make_png(30, 30)[:60] + b"\0" + make_png(30, 30)[61:], "that is whole"),
        (make_png(10_001, 1), "sides from 1"),
    ],
)
def test_what_is_no_picture_for_pages_is_refused(content: str | bytes, why: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^must be ") as refused:
        read_picture(write(tmp_path, content))
    assert why in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    ("width", "height", "expected"), [(120, 40, (96, 32)), (1000, 100, (192, 19)), (8, 8, (32, 32)), (1, 9999, (1, 32))]
)
def test_a_picture_fits_into_its_box(width: int, height: int, expected: object, tmp_path: Path) -> None:
    picture = read_picture(
        write(tmp_path, f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"/>')
    )
    assert picture.fit(192, 32) == expected
