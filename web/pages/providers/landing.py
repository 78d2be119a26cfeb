"""The way back from a provider: log in at once, or connect an account, or say what went wrong.

Altogic's redirect is the same as that of a mailed link; web/pages/links/landing.py takes it apart.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from web.api.errors import ApiError, SecondFactorRequired, Unreachable
from web.api.mail_shapes import Link
from web.api.shapes import User
from web.i18n.locale import activate_user_locale
from web.i18n.locale import gettext as _
from web.pages.entry.pending_mail import redirect_to_check_mail
from web.pages.links.opened_links import REF, OpenedLink, forget_link
from web.pages.preferences.browser_locale import save_browser_locale
from web.pages.providers.failures import CONNECT, EXPIRED, show_failure
from web.pages.providers.flows import Flow, find_returned, forget_flow, is_of_user, is_same_browser
from web.rendering.pages import redirect
from web.second_step import HERE as SECOND_STEP
from web.second_step import remember_started_login
from web.session import add_next, is_signed_in_as, sign_in
from web.state import Visit, site_of

ADDRESS_PAGE = "/auth-redirect/address"
SENT_PAGE = "/auth-redirect/sent"
LIST = "/profile/connected"


async def answer(request: Request[Visit], link: OpenedLink) -> Response | None:
    """Answer a browser that comes back; None where its person has to press a button first, as after a mailed link.

    That is so for a log-in which did not begin in this browser (login CSRF), or before somebody else logged in here.
    """
    if link["status"] != "200":
        return await _answer_failure(request, link)
    if link["action"] == CONNECT:
        return await _connect(request, link)
    return await _log_in(request, link) if is_same_browser(request, link["bind"]) else None


async def _answer_failure(request: Request[Visit], link: OpenedLink) -> Response:
    if link["code"] == "email_needed":
        return redirect(request, to=ADDRESS_PAGE)
    if link["code"] == "email_not_unique" and link["reference"] and is_same_browser(request, link["bind"]):
        options = {name: value for name, value in find_returned(request, link).options.items() if value}
        return redirect_to_check_mail(request, SENT_PAGE, reference=link["reference"], **options)
    return await show_failure(request, link)


async def _log_in(request: Request[Visit], link: OpenedLink) -> Response | None:
    api, flow = request.state["api"].as_registrant(), find_returned(request, link)
    if not _is_expected(request, flow, await api.find_link(link["token"])):
        return None
    try:
        user, session = await api.get_auth_grant(link["token"])
    except SecondFactorRequired as required:
        typed = {**flow.options, REF: link["handle"]}
        response = remember_started_login(request, redirect(request, to=SECOND_STEP), required.ticket, typed)
        return forget_flow(request, response, flow)
    except ApiError as refused:
        return await _show_refusal(request, link, refused)
    activate_user_locale(user)
    await save_browser_locale(request, user, session, flow.options)
    remember = bool(flow.options.get("stay"))
    response = await sign_in(request, session, to=flow.next, flash=_("You’re logged in."), remember=remember)
    return forget_link(request, forget_flow(request, response, flow), link)


def _is_expected(request: Request[Visit], flow: Flow, found: Link | None) -> bool:
    """Tell whether a log-in works that was begun by whoever is here now, in a browser that is recognized later, too."""
    if found and found.state != "valid":
        return False
    is_same_user = is_of_user(request, flow) or bool(found and is_signed_in_as(request, found.email))
    return is_same_user and bool(site_of(request).cookies.device.read(request))


async def _connect(request: Request[Visit], link: OpenedLink) -> Response:
    """Connect the account, which the session that has begun it can do alone."""
    user: Any = request.state["user"]
    if isinstance(user, Unreachable):
        raise user
    if not isinstance(user, User):
        flash = _("You were logged out, and nothing was connected. Log in and try again.")
        return forget_link(request, redirect(request, to=add_next("/login", LIST), flash=flash), link)
    flow = find_returned(request, link, connects=True)
    if not is_same_browser(request, link["bind"]) or not is_of_user(request, flow):
        return await show_failure(request, link, EXPIRED)
    try:
        await request.state["api"].connect_identity(link["token"])
    except ApiError as refused:
        return await _show_refusal(request, link, refused)
    return forget_link(request, _tell_connected(request, flow), link)


def _tell_connected(request: Request[Visit], flow: Flow) -> Response:
    name = site_of(request).capabilities.current.name_provider(flow.provider)
    flash = _("%(name)s connected. You can log in with it from now on.") % {"name": name}
    return forget_flow(request, redirect(request, to=LIST, flash=flash), flow)


async def _show_refusal(request: Request[Visit], link: OpenedLink, refused: ApiError) -> Response:
    """Say why it was refused. Raises the ApiError of a 429."""
    if refused.status == 429:
        raise refused
    return await show_failure(request, link, next(iter(refused.codes), ""))
