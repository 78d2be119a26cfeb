"""The QR code that stands in the page: what an app reads there is the address it is to get."""

import re
import sys
from subprocess import run

import segno

from tests.kit.serving import ROOT
from web.pages.two_step.qr_code import QUIET_ZONE, draw_qr_code

ADDRESS = (
    "otpauth://totp/Account%20pages:ada%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Account%20pages"
)
MOVES = re.compile(r"([Mmh])(-?[\d.]+)(?:[ ,]?(-?[\d.]+))?")


def read_dark_modules(svg: str) -> set[tuple[int, int]]:
    """The modules that the lines of the picture cover, as columns and rows."""
    (path,) = re.findall(r'<path[^>]*stroke="#000"[^>]*d="([^"]+)"|<path[^>]*d="([^"]+)"[^>]*stroke="#000"', svg)
    x, y, dark = 0.0, 0.0, set()
    for act, one, two in MOVES.findall("".join(path)):
        if act == "h":
            dark |= {(int(x) + step, int(y)) for step in range(int(one))}
            x += float(one)
        else:
            x, y = (float(one), float(two)) if act == "M" else (x + float(one), y + float(two))
    return dark


async def test_its_modules_are_those_of_the_address() -> None:
    svg = await draw_qr_code(ADDRESS)
    rows = list(segno.make(ADDRESS, error="m", micro=False).matrix)
    expected = {
        (column + QUIET_ZONE, row + QUIET_ZONE)
        for row, line in enumerate(rows)
        for column, dark in enumerate(line)
        if dark
    }
    assert read_dark_modules(svg) == expected
    (size,) = re.findall(r'viewBox="0 0 (\d+) \1"', svg)
    assert int(size) == len(rows) + 2 * QUIET_ZONE, "with the quiet zone around it"


async def test_it_is_dark_on_white_and_clean_under_the_content_security_policy() -> None:
    svg = await draw_qr_code(ADDRESS)
    assert 'fill="#fff"' in svg
    assert 'stroke="#000"' in svg
    for refused in ("style=", "data:", "<script", " width=", " height="):
        assert refused not in svg


def test_a_site_that_draws_none_does_not_load_the_library() -> None:
    code = "import sys, web.asgi; sys.exit('segno' in sys.modules)"
    assert run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0
