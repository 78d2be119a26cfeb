"""Language and time zone in the rows of the profile. Each has a page of its own, too."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from web.http.body import read_form
from web.i18n.locale import current_locale
from web.i18n.locale import gettext as _
from web.i18n.time_zones import UTC, name_city
from web.pages.preferences.forms import LocaleForm, TimeZoneForm
from web.pages.preferences.locale import list_zones, remember_choice, save_choice, word_language
from web.pages.sessions.list import LIST, NEWEST, load_first_page
from web.rendering.pages import Page, fragment_or_redirect, redirect
from web.state import SignedIn

LANGUAGE = Page("templates/preferences/language.html", fragment="partials/preferences/language.html")
ZONE_ROW = "partials/preferences/time_zone.html"
ZONE = Page("templates/preferences/time_zone.html", fragment=ZONE_ROW)


def describe_zone() -> Mapping[str, Any]:
    """Return what the row of the time zone shows."""
    zone = current_locale.get().zone
    return {"city": name_city(zone.key) if zone else UTC}


async def show_language(request: Request[SignedIn]) -> Response:
    """Show the form for the language."""
    return await _show_language(request, LocaleForm())


async def change_language(request: Request[SignedIn]) -> Response:
    """Save the language, and go back to the profile, every word of which is another now."""
    form = LocaleForm({"language": (await read_form(request)).get("language", "")})
    if form.is_valid():
        with form.taking_refusals():
            chosen = {"language": form["language"]}
            await save_choice(request, chosen)
            return remember_choice(request, redirect(request, to="/profile", flash=word_language()), chosen)
    return await _show_language(request, form)


async def show_zone(request: Request[SignedIn]) -> Response:
    """Show the form for the time zone."""
    return await _show_zone(request, TimeZoneForm())


async def change_zone(request: Request[SignedIn]) -> Response:
    """Save the time zone. The times in the list of sessions change with it."""
    form = TimeZoneForm(await read_form(request))
    if form.is_valid():
        with form.taking_refusals():
            chosen = {"timezone": form["timezone"]}
            await save_choice(request, chosen)
            return remember_choice(request, await _show_zone_saved(request), chosen)
    return await _show_zone(request, form)


async def _show_language(request: Request[SignedIn], form: LocaleForm) -> Response:
    return await LANGUAGE.show(request, form=form, edit=form)


async def _show_zone(request: Request[SignedIn], form: TimeZoneForm) -> Response:
    return await ZONE.show(request, form=form, edit=form, zones=list_zones())


async def _show_zone_saved(request: Request[SignedIn]) -> Response:
    shown = {"edit": None, **describe_zone(), "sessions": await load_first_page(request, NEWEST)}
    return fragment_or_redirect(request, ZONE_ROW, to="/profile", flash=_("Time zone saved."), also=(LIST,), **shown)
