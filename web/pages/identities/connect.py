"""Connect an account at a provider, which is asked for it. What comes back: web/pages/providers/landing.py."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from web.api.identity_shapes import Provider
from web.forms.base import Form
from web.http.body import read_form
from web.pages.identities.list import HERE
from web.pages.providers.flows import GO, find_offered, find_started, hash_browser, lead_to, start_flow
from web.rendering.pages import Page
from web.state import SignedIn

CHOOSE = "choose"  # a field: "yes" where another account is wanted than the provider would name unasked
CONNECT = Page("templates/identities/connect.html")


class ConnectForm(Form):
    """A button alone, where it goes on from here, or another account is to be chosen."""

    fields = (CHOOSE,)


async def show(request: Request[SignedIn]) -> Response:
    """Lead to the provider where a form has just asked for that, or show its button."""
    provider = find_offered(request)
    if GO in request.query_params and (flow := find_started(request, provider)) and flow.ticket:
        return await lead_to(request, provider, flow, connect=flow.ticket)
    return await _show(request, ConnectForm())


async def submit(request: Request[SignedIn]) -> Response:
    """Go to the provider. Raises ConfirmationRequired: whoever found the page open is not to add a way in of theirs."""
    provider, form = find_offered(request), ConnectForm(await read_form(request))
    if form.is_valid():
        with form.taking_refusals():
            return await _begin(request, provider, chooses=form[CHOOSE] == "yes")
    return await _show(request, form)


async def _begin(request: Request[SignedIn], provider: Provider, *, chooses: bool) -> Response:
    """Begin it in this browser. Raises ApiError, and ConfirmationRequired."""
    registrant = request.state["api"].as_registrant()
    browser_hash = hash_browser(registrant.client.registration)
    ticket = await request.state["api"].begin_connecting(provider.id, browser_hash)
    page = f"{HERE}/{provider.id}"
    return start_flow(request, page, provider, {}, ticket=ticket, chooses=chooses, registrant=registrant)


async def _show(request: Request[Any], form: Form) -> Response:
    return await CONNECT.show(request, form=form, provider=find_offered(request))
