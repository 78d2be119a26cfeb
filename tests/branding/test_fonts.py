"""Fonts of the owner's: what is read of them, and how pages look until they are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from branding.fonts import Font, read_font, write_font_css
from tests.kit.fonts import make_font


def write(folder: Path, content: bytes, name: str = "own.woff2") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def font(folder: Path, *, width: int = 600, weight: int = 400, is_italic: bool = False) -> Font:
    return read_font(write(folder, make_font(width, weight, is_italic=is_italic)))


def test_width_height_and_weight_of_a_font_are_read(tmp_path: Path) -> None:
    read = font(tmp_path, width=512, weight=700, is_italic=True)
    assert (read.weights, read.is_italic) == ((700, 700), True)
    assert (read.metrics.width, read.metrics.ascent, read.metrics.descent) == (0.512, 0.9, 0.3)


@pytest.mark.parametrize(
    "content",
    [
        b"wOF2",
        b"\0\1\0\0" + make_font()[4:],
        make_font()[:-8],
        make_font()[:100] + bytes(40) + make_font()[140:],
        make_font()[:12] + b"\xff\xff" + make_font()[14:],
        b"wOFF" + make_font()[4:],
        make_font(0),
    ],
)
def test_what_is_no_whole_font_is_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^must be a font as WOFF2 that is whole$"):
        read_font(write(tmp_path, content))


def test_a_font_is_small(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"^must be a file of at most 60 kB"):
        read_font(write(tmp_path, make_font().ljust(60 * 1024 + 1, b"\0")))


def test_until_a_font_is_there_one_of_the_same_width_and_height_stands_in(tmp_path: Path) -> None:
    css = write_font_css([font(tmp_path, width=600)], lambda name: f"/static/{name}")
    assert (
        'src: url("/static/own.woff2") format("woff2"); font-weight: 400; font-style: normal; font-display: swap;'
        in css
    )
    (arial,) = re.findall(r'@font-face \{ font-family: "Own, by Arial"; .*\}', css)
    assert 'local("Arial"), local("Liberation Sans")' in arial
    # of Arial a letter is 0.4563 wide: as wide as the font's, and as high above and below the line
    assert "size-adjust: 131.49%; ascent-override: 68.45%; descent-override: 22.82%; line-gap-override: 0%;" in arial
    assert (
        ':root { --type: "Own", "Own, by Arial", "Own, by Roboto", "Own, by DejaVu Sans", system-ui, sans-serif; }'
        in css
    )


def test_of_a_bold_font_a_bold_one_stands_in(tmp_path: Path) -> None:
    css = write_font_css([font(tmp_path, weight=400), font(tmp_path, weight=700)], str)
    assert css.count('font-family: "Own";') == 2
    bold = [rule for rule in css.splitlines() if "font-weight: 700" in rule and "local(" in rule]
    assert [re.findall(r'local\("([^"]+)"\)', rule)[0] for rule in bold] == [
        "Arial Bold",
        "Roboto Bold",
        "DejaVu Sans Bold",
    ]


def test_a_font_that_varies_is_the_regular_and_the_bold_one(tmp_path: Path) -> None:
    varying = read_font(write(tmp_path, make_font(weights=(200, 800))))
    assert varying.weights == (200, 800)
    css = write_font_css([varying], str)
    assert css.count('font-family: "Own"; src: url("own.woff2") format("woff2"); font-weight: 200 800;') == 1
    assert re.findall(r'"Own, by Arial"; src: local\("(.*?)"\).* font-weight: (\d+ \d+);', css) == [
        ("Arial", "200 549"),
        ("Arial Bold", "550 800"),
    ]
