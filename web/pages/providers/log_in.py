"""Go to a provider to log in. The log-in and the sign-up have the same buttons, which send their own forms (`with`)."""

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from web.api.identity_shapes import Provider
from web.forms.base import NEXT, Form
from web.http.body import read_form
from web.pages.providers.flows import GO, find_offered, find_started, hash_browser, lead_to, start_flow
from web.rendering.pages import Page
from web.session import needs_choice
from web.state import Visit, site_of

WITH = "with"  # the field of the log-in and of the sign-up: the id of a provider
BUTTON = Page("templates/providers/log_in.html")


class ProviderForm(Form):
    """A button alone; whoever presses it has typed nothing here."""

    fields = (NEXT, "stay")


async def show(request: Request[Visit]) -> Response:
    """Lead to the provider where a form has just asked for that, or show its button."""
    provider = find_offered(request)
    if GO in request.query_params and (flow := find_started(request, provider)) and not flow.ticket:
        browser_hash = hash_browser(request.state["api"].client.registration)
        return await lead_to(request, provider, flow, bind=browser_hash)
    form = ProviderForm({NEXT: request.query_params.get(NEXT, "")})
    return await BUTTON.show(request, form=form, provider=provider)


async def submit(request: Request[Visit]) -> Response:
    """Begin. While somebody is signed in of whom the form did not know, the person is asked to choose first."""
    provider, typed = find_offered(request), await read_form(request)
    form = ProviderForm(typed)
    form.needs_choice = needs_choice(request, typed)
    if form.is_valid():
        return begin(request, provider, {**typed, **form.values})
    return await BUTTON.show(request, form=form, provider=provider)


def begin(request: Request[Any], provider: Provider, typed: Mapping[str, str]) -> Response:
    """Begin a log-in with what its form said: `next`, `stay`, and the locale of the browser."""
    return start_flow(request, f"/login/with/{provider.id}", provider, typed)


def find_wanted(request: Request[Any], typed: Mapping[str, str]) -> Provider | None:
    """Return the provider whose button of the log-in, or of the sign-up, was pressed."""
    return site_of(request).capabilities.current.find_provider(typed.get(WITH, ""))
