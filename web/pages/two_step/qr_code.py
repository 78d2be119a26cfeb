"""QR codes, as pictures that stand in the page itself: the content security policy lets no `data:` address in."""

import asyncio

from markupsafe import Markup

QUIET_ZONE = 4  # modules, as the standard asks for
MOST_CHARACTERS = 1000  # of what is drawn: a bound on the work, far from what a code can hold


async def draw_qr_code(text: str) -> Markup:
    """Return a QR code as SVG, dark on white in either colour scheme. It has no size of its own: CSS gives it one.

    Drawn in a thread, where the library is also imported, at first use: few processes ever need it.
    """
    return await asyncio.to_thread(_draw, text[:MOST_CHARACTERS])


def _draw(text: str) -> Markup:
    import segno  # imported here: see draw_qr_code

    code = segno.make(text, error="m", micro=False)
    return Markup(code.svg_inline(border=QUIET_ZONE, dark="#000", light="#fff", omitsize=True))  # noqa: S704 (drawn here)
