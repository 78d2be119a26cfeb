"""From templates to answers: whole pages, fragments of them, and the ways to leave a page."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jinja2
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from serving.origins import is_loopback_address
from serving.proxies import came_through_proxy
from translations import Locale, use_locale
from translations.characters import find_initials
from web.api.shapes import User
from web.forms.base import Form
from web.http.htmx import is_htmx, wants_fragment
from web.http.owner import name_owner
from web.i18n import wording
from web.i18n.locale import LANGUAGES, current_locale, gettext, ngettext
from web.rendering.avatar import hue, photo_url
from web.rendering.translated_templates import Spoken, translated
from web.state import site_of

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = ("templates", "partials")
FLASH = "partials/flash.html"

Loader = Callable[[Request[Any]], Awaitable[Mapping[str, Any]]]


async def nothing(_request: Request[Any]) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Page:
    """A whole page, made of fragments that can also be shown alone."""

    template: str
    load: Loader = nothing  # what only the whole page needs

    async def show(self, request: Request[Any], *, fragment: str = "", status: int = 200, **context: Any) -> Response:
        if fragment and wants_fragment(request):
            return render_fragment(request, fragment, context, status)
        return render_page(request, self.template, {**await self.load(request), **context}, status)


def fragment_or_redirect(
    request: Request[Any], fragment: str, *, to: str, flash: str, undo: str = "", also: str = "", **context: Any
) -> Response:
    """After a change: htmx gets the fragment as it now is, a plain form returns to its page. Both are told what
    happened, once. `undo` is the name to offer back, `also` another fragment that the change shows in."""
    if wants_fragment(request):
        return render_fragment(request, fragment, {**context, "flash": flash, "undo": undo}, also=also)
    return redirect(request, to=to, flash=flash, undo=undo)


def redirect(request: Request[Any], *, to: str, flash: str = "", undo: str = "") -> Response:
    """Leave this page for another of ours. fetch() follows a 303 unseen, so htmx is told to navigate instead."""
    response: Response
    if is_htmx(request):
        # Twice, for there are proxies that drop HX-*; fetch() follows no Location of a 204.
        response = Response(status_code=204, headers={"HX-Redirect": _ascii(to), "Location": _ascii(to)})
    else:
        response = RedirectResponse(_ascii(to), status_code=303)
    if flash:
        site_of(request).cookies.flash.write(request, response, {"text": flash, "undo": undo})
    return response


def render_page(request: Request[Any], template: str, context: Mapping[str, Any], status: int = 200) -> Response:
    site = site_of(request)
    flash = site.cookies.flash.read(request)
    is_refused = status in (409, 422, 429)
    told = {"flash": str(flash.get("text", "")), "undo": str(flash.get("undo", ""))}
    html = _rendered(request, template, {**told, "is_refused": is_refused, **context})
    response = _answer(html, status, context)
    if flash:
        site.cookies.flash.clear(request, response)
    return response


def render_fragment(
    request: Request[Any], template: str, context: Mapping[str, Any], status: int = 200, also: str = ""
) -> Response:
    """A fragment, and beside it what is to be said. With nothing to say, what was said before is taken back."""
    html = _rendered(request, template, {"flash": "", **context, "returning": bool(context.get("flash"))})
    flash = _rendered(request, FLASH, {"undo": "", **context, "in_place": True}) if context.get("flash") else ""
    html += f'<hx-partial hx-target="#status" hx-swap="innerHTML">{flash}</hx-partial>'
    if also:
        other = _rendered(request, also, {})
        html += f'<hx-partial hx-target="#{Path(also).stem}" hx-swap="outerHTML">{other}</hx-partial>'
    return _answer(html, status, context)


def render_notice(request: Request[Any], message: str, status: int, *, way_on: str = "") -> Response:
    """A message that is not the form: htmx puts it into #status and leaves the form, and what was typed, alone."""
    context = {"message": message, "way_on": way_on}
    response = HTMLResponse(_rendered(request, "partials/notice.html", context), status)
    response.headers["HX-Retarget"] = "#status"
    response.headers["HX-Reswap"] = "innerHTML"
    response.headers["HX-Reselect"] = "#notice"
    return response


@cache
def environment(language: str) -> jinja2.Environment:
    """A template's name is its path in the repository. All are compiled at once, so that no visitor waits for it, and
    with the words of one language in them."""
    loader = jinja2.PrefixLoader({folder: jinja2.FileSystemLoader(ROOT / folder) for folder in FOLDERS})
    templates = jinja2.Environment(
        loader=loader,
        autoescape=True,
        auto_reload=False,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    templates.code_generator_class = Spoken
    templates.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    templates.globals |= {"_": translated, "gettext": translated}
    templates.filters |= {"date": wording.date, "date_and_time": wording.format_datetime}
    templates.filters["time_of_day"] = wording.time_of_day
    templates.filters |= {"hue": hue, "initials": find_initials, "owner": name_owner}
    templates.filters["how_long"] = wording.format_duration
    templates.filters |= {"device": wording.device_in_words, "ago": wording.format_age}
    with use_locale(Locale(LANGUAGES[language])):
        for name in templates.list_templates():
            templates.get_template(name)
    return templates


def environments() -> dict[str, jinja2.Environment]:
    """By language. It takes a tenth of a second for each."""
    return {language: environment(language) for language in LANGUAGES}


def _answer(html: str, status: int, context: Mapping[str, Any]) -> Response:
    response = HTMLResponse(html, status)
    wait = max((value.retry_after for value in context.values() if isinstance(value, Form)), default=0)
    if wait:
        response.headers["Retry-After"] = str(wait)
    return response


def _can_read_outbox(request: Request[Any]) -> bool:
    """Tell whether the outbox answers this visitor: it does on this computer alone, and not through a proxy."""
    address = request.client.host if request.client else ""
    return is_loopback_address(address) and not came_through_proxy(request.scope)


def _rendered(request: Request[Any], template: str, context: Mapping[str, Any]) -> str:
    site, language = site_of(request), current_locale.get().language
    user = request.scope["state"].get("user")
    known = user if isinstance(user, User) else None
    shared = {
        "site": site.settings.public,
        "asset": site.assets.url,
        "outbox": site.outbox if _can_read_outbox(request) else "",
        "link_expiry": site.link_expiry,
        "path": request.scope["path"],
        "language": language,
        "languages": LANGUAGES.values(),
        "current_user": known,
        "standalone": False,  # whether a fragment that belongs to another page has one of its own
        "in_place": False,
        "next": "",
        "returning": is_htmx(request),  # whether the focus goes back to the button that opened an edit
        "photo_url": lambda address: photo_url(address, site.settings),
    }
    return environment(language.code).get_template(template).render({**shared, **context})


def _ascii(url: str) -> str:
    """Header values are ASCII; a path may name anything."""
    return quote(url, safe=":/%#?=@[]!$&'()*+,;~")
