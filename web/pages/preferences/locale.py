"""Language and time zone, chosen on a page of their own; the language also at the foot of every page."""

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
            await _save(request, chosen)
            return _return(request, chosen, form["next"] or "/", typed)
    return await _show(request, form)


async def _save(request: Request[Visit], chosen: dict[str, str]) -> None:
    user = request.state["user"]
    if isinstance(user, User) and request.state["api"].capabilities.offers("users.locale") and chosen:
        await request.state["api"].update_user(user.id, **chosen)


def _return(request: Request[Visit], chosen: dict[str, str], to: str, typed: dict[str, str]) -> Response:
    """Redirect to the page that the person came from, with what was typed there."""
    set_locale(**chosen)
    response = redirect(request, to=to, flash=_word_saved(chosen))
    request.state["site"].cookies.language.write(request, response, find_chosen_locale(request) | chosen)
    return _save_draft(request, response, to, typed)


def _save_draft(request: Request[Visit], response: Response, page: str, typed: dict[str, str]) -> Response:
    drafts.save_draft(request, response, drafts.make_draft(urlsplit(page).path, typed))
    return response


def _word_saved(chosen: dict[str, str]) -> str:
    """Word the flash message, in the language that was chosen."""
    if "timezone" in chosen:
        return _("Language and time zone saved.")
    return _("Language changed to %(language)s.") % {"language": current_locale.get().language.name}


async def _show(request: Request[Visit], form: LocaleForm) -> Response:
    zone = current_locale.get().zone
    name = time_zones.find_listed_name(zone.key) if zone else ""
    context: dict[str, Any] = {
        "zones": time_zones.group_by_continent(),
        "zone": name,
        "is_listed": name in time_zones.list_names(),
        "other_names": time_zones.list_other_names(),
    }
    return await LOCALE.show(request, form=form, **context)
