"""/favicon.ico and /apple-touch-icon.png: icons that are asked for by these names, whatever a page says."""

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from branding.icons import paint_ico, paint_touch_icon
from branding.palette import Palette
from branding.theme_folder import TOUCH_ICON
from web.state import site_of

A_DAY = {"Cache-Control": "public, max-age=86400"}  # the name has no hash, so a new icon must be found some day


async def show_ico(request: Request[Any]) -> Response:
    """Answer with the icon for browsers that know no SVG."""
    content = await _find_icon(request, "favicon.ico", paint_ico)
    return Response(content, media_type="image/x-icon", headers=A_DAY)


async def show_touch_icon(request: Request[Any]) -> Response:
    """Answer with the icon for home screens."""
    content = await _find_icon(request, TOUCH_ICON, paint_touch_icon)
    return Response(content, media_type="image/png", headers=A_DAY)


async def _find_icon(request: Request[Any], name: str, paint: Callable[[Palette], bytes]) -> bytes:
    """Return the owner's icon, or ours if the owner has none at all. Raises HTTPException (404)."""
    settings = site_of(request).settings
    if not settings.theme.folder.icons:
        return await asyncio.to_thread(paint, settings.look.palette)
    if name not in settings.theme.folder.icons:
        raise HTTPException(404)
    return settings.theme.folder.icons[name]
