"""How the backend's own pages are made, and the headers they carry when the backend is on its own."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from backend.http.requests import BackendRequest, services_of
from backend.kernel.app_schemes import is_app_scheme
from serving.origins import origin_of
from translations import current_locale, gettext, ngettext

FOLDER = Path(__file__).parent / "templates"
templates = Environment(
    loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, extensions=["jinja2.ext.i18n"]
)
templates.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
CSS = (FOLDER / "pages.css").read_text("utf-8")
ICON = (FOLDER.parent.parent.parent / "static" / "favicon.svg").read_bytes()


def page(request: BackendRequest, template: str, **values: Any) -> Response:
    settings = services_of(request).settings
    site = {"site_name": settings.public.site_name, "site_url": origin_of(settings.links.redirect_url)}
    html = templates.get_template(template).render(values, **site, language=current_locale.get().language)
    headers = _headers(_form_target(settings.links.redirect_url))
    if settings.public.url.startswith("https:"):
        headers["Strict-Transport-Security"] = "max-age=31536000"
    return HTMLResponse(html, headers=headers)


def _form_target(redirect_url: str) -> str:
    """What the policy calls the place. Of an app it is the scheme: browsers do not agree on what its host is."""
    scheme = urlsplit(redirect_url).scheme
    return f"{scheme}:" if is_app_scheme(scheme) else origin_of(redirect_url)


def _headers(form_target: str) -> dict[str, str]:
    """A form may lead to REDIRECT_URL, or the browser would stay where it is when the answer redirects there.

    The referrer stays at home, but is not switched off: then the form's own POST would come from the origin "null".
    """
    return {
        "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self';"
        f" form-action 'self' {form_target}; base-uri 'none'; frame-ancestors 'none'",
        "Referrer-Policy": "same-origin",
        **GUARDED,
    }


GUARDED = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


async def stylesheet(request: BackendRequest) -> Response:  # noqa: ARG001
    return Response(CSS, media_type="text/css", headers=PUBLIC)


async def icon(request: BackendRequest) -> Response:  # noqa: ARG001
    return Response(ICON, media_type="image/svg+xml", headers=PUBLIC)


PUBLIC = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
