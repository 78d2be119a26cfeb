"""Responses from templates: whole pages, fragments of them, and redirects with a flash message."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any
from urllib.parse import quote

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from branding.palette import SCHEMES
from serving.origins import is_loopback_address
from serving.proxies import came_through_proxy
from translations import SOURCE
from web.api.shapes import User
from web.forms.base import NEXT, Form
from web.http.htmx import is_htmx, wants_fragment
from web.http.passkey_origin import find_other_origin
from web.http.passkey_signals import signal_details
from web.http.provider_ways import list_ways, name_provider_of
from web.i18n.locale import LANGUAGES, current_locale
from web.rendering.environment import Templates, environment
from web.rendering.profile_picture import photo_url
from web.state import Site, site_of

ANNOUNCEMENT = "partials/announcement.html"

Render = Callable[[str, Mapping[str, Any]], str]
Loader = Callable[[Request[Any]], Awaitable[Mapping[str, Any]]]


async def load_nothing(_request: Request[Any]) -> Mapping[str, Any]:
    return {}


@dataclass(frozen=True)
class Page:
    """A whole page; `fragment` is the part of it that htmx asks for, `load` what only the whole page needs."""

    template: str
    load: Loader = load_nothing
    fragment: str = ""

    async def show(
        self, request: Request[Any], *, form: Form | None = None, status: int = 0, **context: Any
    ) -> Response:
        """Answer with the page, or with its fragment where htmx asks for one.

        A form is named `form` in the context, and the path it leads to `next`. It gives the status and Retry-After.
        """
        if form:
            context = {"form": form, **({NEXT: form[NEXT]} if NEXT in form.fields else {}), **context}
        status = status or (form.status if form else 200)
        if self.fragment and wants_fragment(request):
            return render_fragment(request, self.fragment, context, status)
        return render_page(request, self.template, {**await self.load(request), **context}, status)


@dataclass(frozen=True)
class FormPage:
    """A page that is a title and one fragment with a form. `title` is called in the locale of the request."""

    fragment: str
    title: Callable[[], str]

    async def show(self, request: Request[Any], *, form: Form, status: int = 0, **context: Any) -> Response:
        """Answer as `Page` does."""
        page = Page("templates/form_page.html", fragment=self.fragment)
        return await page.show(request, form=form, status=status, title=self.title(), fragment=self.fragment, **context)


@dataclass(frozen=True)
class Offer:
    """A form beside a flash message, such as the one that takes a change back: its partial, and the value that it is
    about."""

    partial: str
    value: str


def fragment_or_redirect(
    request: Request[Any],
    fragment: str,
    *,
    to: str,
    flash: str,
    offer: Offer | None = None,
    also: Sequence[str] = (),
    **context: Any,
) -> Response:
    """Answer after a change: htmx gets the fragment as it now is, which says the message in its place; a plain form
    goes back to its page (Post/Redirect/Get) with a flash message. `also` are other fragments that the change shows in.
    """
    if wants_fragment(request):
        return render_fragment(request, fragment, {**context, "said": flash, "offer": offer}, also=also)
    return redirect(request, to=to, flash=flash, offer=offer)


def redirect(request: Request[Any], *, to: str, flash: str = "", offer: Offer | None = None) -> Response:
    """Redirect to a page of ours. fetch() follows a 303 unseen, so htmx is asked to navigate instead."""
    response: Response
    if is_htmx(request):
        # Twice, for some proxies drop HX-*; fetch() follows no Location of a 204.
        response = Response(status_code=204, headers={"HX-Redirect": _quote(to), "Location": _quote(to)})
    else:
        response = RedirectResponse(_quote(to), status_code=303)
    if flash:
        note = {"text": flash, "offer": asdict(offer) if offer else {}}
        site_of(request).cookies.flash.write(request, response, note)
    return response


def render_page(request: Request[Any], template: str, context: Mapping[str, Any], status: int = 200) -> Response:
    """Render a whole page, with the flash message that was set for it, which is cleared.

    Of a page that htmx takes a part from, a poll among it, nobody would see the message: it is for the next page.
    """
    note = {} if is_htmx(request) else site_of(request).cookies.flash.read(request)
    flash = {"flash": str(note.get("text", "")), "offer": _read_offer(note)}
    form = context.get("form")
    is_refused = status in (409, 422, 429) or (isinstance(form, Form) and form.has_errors)
    html = _make_renderer(request, status)(template, {**flash, "is_refused": is_refused, **context})
    response = _make_response(html, status, context)
    if note:
        site_of(request).cookies.flash.clear(request, response)
    return response


def render_fragment(
    request: Request[Any], template: str, context: Mapping[str, Any], status: int = 200, also: Sequence[str] = ()
) -> Response:
    """Render a fragment. What it says in sight (`said`) is put into #status for screen readers; where it says nothing,
    what was said before is removed, and also where it `takes_focus`, which is read aloud by itself. `also` are other
    fragments, each in the place of the element with its name."""
    said, render = bool(context.get("said")), _make_renderer(request)
    html = render(template, {"offer": None, "returning": said, **context})
    is_announced = said and not context.get("takes_focus")
    announcement = render(ANNOUNCEMENT, {"offer": None, **context}) if is_announced else ""
    html += f'<hx-partial hx-target="#status" hx-swap="innerHTML">{announcement}</hx-partial>'
    for fragment in also:
        other = render(fragment, {**context, "said": "", "returning": False})
        place = Path(fragment).stem.replace("_", "-")
        html += f'<hx-partial hx-target="#{place}" hx-swap="outerMorph">{other}</hx-partial>'
    return _make_response(html, status, context)


def render_part(request: Request[Any], template: str, context: Mapping[str, Any]) -> Response:
    """Render a part of a page that asked for it by itself: whatever the page says in #status stays."""
    return _make_response(_make_renderer(request)(template, context), 200, context)


def render_notice(request: Request[Any], message: str, status: int, *, way_on: str = "") -> Response:
    """Render a message which htmx puts into #status, and leaves the form, and what was typed, alone."""
    context = {"message": message, "way_on": way_on}
    response = HTMLResponse(_make_renderer(request, status)("partials/notice.html", context), status)
    response.headers["HX-Retarget"] = "#status"
    response.headers["HX-Reswap"] = "innerHTML"
    response.headers["HX-Reselect"] = "#notice"
    return response


def _read_offer(note: Mapping[str, Any]) -> Offer | None:
    match note.get("offer"):
        case {"partial": str(partial), "value": str(value)}:
            return Offer(partial, value)
    return None


def _make_response(html: str, status: int, context: Mapping[str, Any]) -> Response:
    response = HTMLResponse(html, status)
    form = context.get("form")
    if isinstance(form, Form) and form.retry_after:
        response.headers["Retry-After"] = str(form.retry_after)
    return response


def _find_outbox(request: Request[Any], path: str) -> str:
    """Return the `path` of the outbox for whom it answers: on this computer alone, and not through a proxy; else ""."""
    address = request.client.host if request.client else ""
    is_open = is_loopback_address(address) and not came_through_proxy(request.scope)
    return path if is_open else ""


def _make_renderer(request: Request[Any], status: int = 200) -> Render:
    """Return what renders a template by its name, with its own context and with what all templates are given.

    An unexpected error is told by templates of ours alone, for those of the owner's may be what has failed.
    """
    site, language = site_of(request), current_locale.get().language
    user, offers = request.scope["state"].get("user"), site.capabilities.current.offers
    templates = environment(language.code, None if status == 500 else site.settings.theme.theme_dir)
    shared = {
        **_get_common_context(site, templates),
        "outbox": partial(_find_outbox, request, site.outbox),
        "sms_outbox": partial(_find_outbox, request, site.sms_outbox),
        "passkeys_elsewhere": partial(find_other_origin, request),
        "passkey_details": partial(signal_details, request),
        "provider_ways": partial(list_ways, request),
        "provider_of": partial(name_provider_of, request),
        "has_providers": bool(site.capabilities.current.providers),
        "path": request.scope["path"],
        "current_user": user if isinstance(user, User) else None,
        "offers": offers,
        "phones": site.capabilities.current.phones if offers("account.phone") else None,
        "next": "",  # where a log-in from this page leads
        "standalone": False,  # whether a fragment of another page is shown on a page of its own
        "flash": "",  # what a whole page says of what was done before
        "said": "",  # what a fragment says in its place about the change that it answers
        "returning": is_htmx(request),  # whether the focus goes back to the button that opened an edit
    }
    return lambda template, context: templates.get_template(template).render({**shared, **context})


def _get_common_context(site: Site, templates: Templates) -> dict[str, Any]:
    """Return what templates are given for everybody who reads their language, made once.

    The first page in a language has all its others loaded in a thread: those of one that nobody reads take 2 MB.
    English is loaded at the start (web/app.py).
    """
    if templates not in site.common_context:
        if templates.locale.language != LANGUAGES[SOURCE]:
            asyncio.get_running_loop().run_in_executor(None, templates.load_all)
        site.common_context[templates] = _make_common_context(site, templates)
    return site.common_context[templates]


def _make_common_context(site: Site, templates: Templates) -> dict[str, Any]:
    common: dict[str, Any] = {
        "site": site.settings.public,
        "look": site.settings.look,
        "theme": site.settings.theme,
        "schemes": SCHEMES,
        "asset": site.assets.url,
        "link_expiry": site.link_expiry,
        "language": templates.locale.language,
        "languages": LANGUAGES.values(),
        "photo_url": lambda address: photo_url(address, site.settings),
    }
    # Gives a partial that needs no more than this, rendered once.
    common["common"] = cache(lambda name: Markup(templates.get_template(name).render(common)))  # noqa: S704 (ours)
    return common


def _quote(url: str) -> str:
    """Quote what is not ASCII, as header values must be."""
    return quote(url, safe=":/%#?=@[]!$&'()*+,;~")
