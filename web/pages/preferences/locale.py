"""Language and time zone, chosen on a page of their own; the language also at the foot of every page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from web.api.shapes import User
from web.forms import drafts
from web.http.body import read_form
from web.i18n import time_zones
from web.i18n.locale import current_locale, find_chosen_locale, set_locale
from web.i18n.locale import gettext as _
from web.pages.preferences.forms import LocaleForm
from web.rendering.pages import Page, redirect
from web.state import Visit

LOCALE = Page("templates/preferences/locale.html")


async def show(request: Request[Visit]) -> Response:
    """Show the form."""
    return await _show(request, LocaleForm({"next": request.query_params.get("next", "")}))


async def submit(request: Request[Visit]) -> Response:
    """Save the choice with the user, for every device, and in a cookie, for when nobody is logged in.

    From the foot of a page, `choose` only leads to the form, and what was typed on that page is kept as a draft. `edit`
    is the path of an edit that is open in place on it.
    """
    typed = await read_form(request)
    next_path = typed.get("edit") or request.query_params.get("next", "") or typed.get("next", "")
    form = LocaleForm({**typed, "next": next_path})
    if "choose" in typed:
        response = redirect(request, to=f"/language?next={quote(form['next'])}")
        return _save_draft(request, response, form["next"], typed)
    if form.is_valid():
        with form.taking_refusals():
            chosen = {name: form[name] for name in ("language", "timezone") if form[name]}
            await save_choice(request, chosen)
            return _return(request, chosen, form["next"] or "/", typed)
    return await _show(request, form)


async def save_choice(request: Request[Any], chosen: dict[str, str]) -> None:
    """Save what was chosen with the user, if there is one, and go on in it. Raises ApiError."""
    user, api = request.state["user"], request.state["api"]
    if isinstance(user, User) and api.capabilities.offers("users.locale") and chosen:
        request.state["user"] = await api.update_user(user.id, **chosen)
    set_locale(**chosen)


def remember_choice(request: Request[Any], response: Response, chosen: dict[str, str]) -> Response:
    """Save what was chosen in the browser's cookie, for when nobody is logged in."""
    request.state["site"].cookies.language.write(request, response, find_chosen_locale(request) | chosen)
    return response


def word_language() -> str:
    """Word the flash message about a new language, in that language."""
    return _("Language changed to %(language)s.") % {"language": current_locale.get().language.name}


@dataclass(frozen=True)
class Zones:
    """The time zones to choose from."""

    chosen: str  # by the name in the list, or empty
    is_listed: bool
    by_continent: Mapping[str, Mapping[str, str]]
    other_names: Mapping[str, str]


def list_zones() -> Zones:
    """List the time zones, with the one of this request."""
    zone = current_locale.get().zone
    name = time_zones.find_listed_name(zone.key) if zone else ""
    is_listed = name in time_zones.list_names()
    return Zones(name, is_listed, time_zones.group_by_continent(), time_zones.list_other_names())


def _return(request: Request[Visit], chosen: dict[str, str], to: str, typed: dict[str, str]) -> Response:
    """Redirect to the page that the person came from, with what was typed there."""
    flash = _("Language and time zone saved.") if "timezone" in chosen else word_language()
    response = remember_choice(request, redirect(request, to=to, flash=flash), chosen)
    return _save_draft(request, response, to, typed)


def _save_draft(request: Request[Visit], response: Response, page: str, typed: dict[str, str]) -> Response:
    drafts.save_draft(request, response, drafts.make_draft(urlsplit(page).path, typed))
    return response


async def _show(request: Request[Visit], form: LocaleForm) -> Response:
    return await LOCALE.show(request, form=form, zones=list_zones())
