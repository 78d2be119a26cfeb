"""/favicon.ico and /apple-touch-icon.png: icons that are asked for by these names, whatever a page says."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from branding.icons import paint_ico, paint_touch_icon
from web.state import site_of

A_DAY = {"Cache-Control": "public, max-age=86400"}  # the name has no hash, so a new icon must be found some day


async def show_ico(request: Request[Any]) -> Response:
    """Answer with the icon for browsers that know no SVG."""
    content = await asyncio.to_thread(paint_ico, site_of(request).settings.look.palette)
    return Response(content, media_type="image/x-icon", headers=A_DAY)


async def show_touch_icon(request: Request[Any]) -> Response:
    """Answer with the icon for home screens."""
    content = await asyncio.to_thread(paint_touch_icon, site_of(request).settings.look.palette)
    return Response(content, media_type="image/png", headers=A_DAY)
