"""Rendering the backend's own pages, and the headers they carry if the backend is on its own."""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from backend.http.requests import BackendRequest, get_services
from backend.kernel.app_schemes import is_app_scheme
from branding.icons import draw_svg, paint_ico, paint_touch_icon
from branding.palette import SCHEMES, Palette, write_css
from serving.origins import origin_of
from translations import current_locale, gettext, ngettext

FOLDER = Path(__file__).parent / "templates"
templates = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, extensions=["jinja2.ext.i18n"]
)
templates.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
templates.globals["schemes"] = SCHEMES
CSS = (FOLDER / "pages.css").read_text("utf-8")


def render_page(request: BackendRequest, template: str, **values: Any) -> Response:
    """Render a template in the current locale, with `values` and the site's name and address."""
    settings = get_services(request).settings
    site_url, support_url = origin_of(settings.links.redirect_url), settings.look.support_url
    site = {
        "site_name": settings.public.site_name,
        "site_url": site_url,
        "support_url": urljoin(site_url, support_url) if support_url else "",  # it may be a path of the site
    }
    html = templates.get_template(template).render(values, **site, language=current_locale.get().language)
    headers = _make_headers(_find_form_target(settings.links.redirect_url))
    if settings.public.url.startswith("https:"):
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return HTMLResponse(html, headers=headers)


def _find_form_target(redirect_url: str) -> str:
    """Return the origin that forms lead to, as the policy names it. For an app it is the scheme: browsers disagree on
    its host."""
    scheme = urlsplit(redirect_url).scheme
    return f"{scheme}:" if is_app_scheme(scheme) else origin_of(redirect_url)


def _make_headers(form_target: str) -> dict[str, str]:
    """Make the headers of a page whose form may redirect to `form_target`.

    The referrer is for the same origin only, but not switched off: then the form would be sent with the origin "null".
    """
    return {
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self';"
        f" form-action 'self' {form_target}; base-uri 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "same-origin",
        **PAGE_HEADERS,
    }


PAGE_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


async def send_stylesheet(request: BackendRequest) -> Response:
    return Response(CSS + write_css(_palette_of(request)), media_type="text/css", headers=ASSET_HEADERS)


async def send_icon(request: BackendRequest) -> Response:
    return Response(draw_svg(_palette_of(request)), media_type="image/svg+xml", headers=ASSET_HEADERS)


async def send_ico(request: BackendRequest) -> Response:
    content = await asyncio.to_thread(paint_ico, _palette_of(request))
    return Response(content, media_type="image/x-icon", headers=ASSET_HEADERS)


async def send_touch_icon(request: BackendRequest) -> Response:
    content = await asyncio.to_thread(paint_touch_icon, _palette_of(request))
    return Response(content, media_type="image/png", headers=ASSET_HEADERS)


def _palette_of(request: BackendRequest) -> Palette:
    return get_services(request).settings.look.palette


ASSET_HEADERS = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
