"""An address for whoever comes from a provider that names none it has checked. It is mailed, as after a sign-up."""

from starlette.requests import Request
from starlette.responses import Response

from serving.constant_time import MAIL, pad_response_time
from web.api.identity_shapes import UnconfirmedIdentity
from web.http.body import read_form
from web.pages.entry.failures import taking_failures
from web.pages.entry.pending_mail import prefill, redirect_to_check_mail
from web.pages.links.opened_links import NO_LINK, OpenedLink, find_named, find_newest
from web.pages.providers.failures import EXPIRED, show_failure
from web.pages.providers.flows import find_returned
from web.pages.providers.forms import AddressForm
from web.rendering.pages import Page
from web.session import remember_registrant
from web.state import Visit

HERE = "/auth-redirect/address"
MAIL_PAGE = "/register/again"  # tells of the mail
ADDRESS = Page("templates/providers/address.html", fragment="partials/providers/address_form.html")


async def show(request: Request[Visit]) -> Response:
    """Show the form, with the address that the provider says without having checked it, or that was typed before."""
    link = find_newest(request)
    identity = await _find_identity(request, link)
    if identity is None:
        return await show_failure(request, link, EXPIRED)
    typed = prefill(request)
    form = AddressForm({"email": typed["email"]} if typed.get("form") == HERE else {"email": identity.email})
    return await ADDRESS.show(request, form=form, identity=identity, ref=link["handle"])


async def submit(request: Request[Visit]) -> Response:
    """Mail the address. The response is the same for known and unknown addresses (no user enumeration)."""
    typed = await read_form(request)
    form, link = AddressForm(typed), find_named(request, typed) or NO_LINK
    if form.is_valid():
        with taking_failures(form):
            return await _send(request, form["email"], link)
    if form.is_over:
        return await show_failure(request, link, EXPIRED)
    identity = None if form.is_unanswered else await _find_identity(request, link)
    return await ADDRESS.show(request, form=form, identity=identity, ref=link["handle"])


async def _send(request: Request[Visit], email: str, link: OpenedLink) -> Response:
    """Mail it, and lead on to the page that waits. Raises ApiError."""
    pad_response_time(request, MAIL)
    api = request.state["api"].as_registrant()
    reference = await api.send_address(link["ref"], email)
    options = {name: value for name, value in find_returned(request, link).options.items() if value}
    waiting = {**options, "email": email, "registered": email, "reference": reference, "form": HERE}
    return remember_registrant(request, redirect_to_check_mail(request, MAIL_PAGE, **waiting), api)


async def _find_identity(request: Request[Visit], link: OpenedLink) -> UnconfirmedIdentity | None:
    if link["code"] != "email_needed":
        return None
    return await request.state["api"].as_registrant().find_unconfirmed_identity(link["ref"])
