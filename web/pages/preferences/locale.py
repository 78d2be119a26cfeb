"""Language and time zone, chosen on a page of their own; the language also at the foot of every page."""

from typing import Any
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from web.api.errors import ApiError
from web.api.shapes import User
from web.forms import drafts
from web.forms.base import LanguageForm
from web.http.body import read_form
from web.i18n import time_zones
from web.i18n.locale import current_locale, find_chosen_locale, set_locale
from web.i18n.locale import gettext as _
from web.rendering.pages import Page, redirect
from web.session import safe_next_path
from web.state import Visit

LANGUAGE = Page("templates/preferences/locale.html")


async def show(request: Request[Visit]) -> Response:
    return await _page(request, LanguageForm(), safe_next_path(_wanted(request)))


async def submit(request: Request[Visit]) -> Response:
    """Kept with the user, so that it holds on every device, and in this browser, for when nobody is logged in. From the
    foot of a page one can also come to choose: what was typed there waits meanwhile. `edit`: the path of
    an edit that is open in place, on a page without it."""
    typed = await read_form(request)
    next_path = safe_next_path(typed.get("edit") or _wanted(request) or typed.get("next", ""))
    form, status = LanguageForm(typed), 422
    if "choose" in typed:
        return _with_typed(request, redirect(request, to=f"/language?next={quote(next_path)}"), next_path, typed)
    if form.is_valid():
        chosen = {name: value for name, value in form.values.items() if value}
        try:
            await _keep(request, chosen)
        except ApiError as refusal:
            status = form.reject(refusal)
        else:
            return _back(request, chosen, next_path or "/", typed)
    return await _page(request, form, next_path, status)


def _wanted(request: Request[Visit]) -> str:
    return request.query_params.get("next", "")


async def _keep(request: Request[Visit], chosen: dict[str, str]) -> None:
    user = request.state["user"]
    if isinstance(user, User) and user.has_language and chosen:
        await request.state["api"].update_user(user.id, **chosen)


def _back(request: Request[Visit], chosen: dict[str, str], to: str, typed: dict[str, str]) -> Response:
    """To the page one was on. What was typed there came along, and is shown again."""
    set_locale(**chosen)
    response = redirect(request, to=to, flash=_said(chosen))
    request.state["site"].cookies.language.write(request, response, find_chosen_locale(request) | chosen)
    return _with_typed(request, response, to, typed)


def _with_typed(request: Request[Visit], response: Response, page: str, typed: dict[str, str]) -> Response:
    drafts.keep(request, response, drafts.draft_at(urlsplit(page).path, typed))
    return response


def _said(chosen: dict[str, str]) -> str:
    """In the language that was chosen."""
    if "timezone" in chosen:
        return _("Language and time zone saved.")
    return _("Language changed to %(language)s.") % {"language": current_locale.get().language.name}


async def _page(request: Request[Visit], form: LanguageForm, next_path: str, status: int = 200) -> Response:
    zone = current_locale.get().zone
    name = time_zones.find_listed(zone.key) if zone else ""
    shown: dict[str, Any] = {
        "zones": time_zones.by_part_of_the_world(),
        "zone": name,
        "is_listed": name in time_zones.NAMES,
        "other_names": time_zones.find_other_names(),
    }
    return await LANGUAGE.show(request, status=status, form=form, next=next_path, **shown)
