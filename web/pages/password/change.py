"""Change one's own password, in a row of the profile or on a page of its own."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response

from web.api.errors import ConfirmationRequired
from web.forms import drafts, others
from web.forms.new_password import check_is_hard_to_guess
from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.pages.password.forms import ChangeForm
from web.pages.sessions.list import COUNT, LIST, NEWEST, load_first_page
from web.rendering.pages import Page, fragment_or_redirect, redirect
from web.session import renew_session
from web.state import SignedIn, Visit

HERE = "/profile/password"
ROW = "partials/password/row.html"
CHANGE = Page("templates/password/change.html", fragment=ROW)


async def show(request: Request[SignedIn]) -> Response:
    """Show the form, with the box ticked: whoever changes a password often fears that somebody else knows it.

    Whoever has no password yet proves first who they are, and is then not asked for a current one.
    """
    proofs = await request.state["api"].get_proofs()
    if not proofs.has_password and not proofs.is_confirmed:
        raise ConfirmationRequired
    typed = others.restore_typed(request) | ({"current_password": ""} if proofs.has_password else {})
    return drafts.clear_draft(request, await _show(request, _make_form(request, typed)))


async def submit(request: Request[SignedIn]) -> Response:
    """Save the new password, if the current one is right. The list of sessions changes with it."""
    form = _make_form(request, await read_form(request))
    if form.is_valid():
        with form.taking_refusals():
            if await check_is_hard_to_guess(request, form, "new_password", own=form.own):
                return await _change(request, form)
    return await _show(request, form)


async def redirect_well_known(request: Request[Visit]) -> Response:
    """Redirect password managers, which look for /.well-known/change-password, to where a password is changed."""
    return redirect(request, to=HERE)


def _make_form(request: Request[SignedIn], typed: Mapping[str, str]) -> ChangeForm:
    minimum = request.state["site"].password_minimum
    return ChangeForm(typed, password_minimum=minimum, user=request.state["user"])


async def _show(request: Request[SignedIn], form: ChangeForm) -> Response:
    return await CHANGE.show(request, form=form, edit=form)


async def _change(request: Request[SignedIn], form: ChangeForm) -> Response:
    old = None if form.is_first else form["current_password"]
    session = await request.state["api"].change_password(form["new_password"], old, end_others=bool(form[others.FIELD]))
    response = await _answer_changed(request, form)
    return renew_session(request, response, session) if session else response


async def _answer_changed(request: Request[SignedIn], form: ChangeForm) -> Response:
    flash = others.add_others(_("Password set.") if form.is_first else _("Password changed."), form)
    sessions = await load_first_page(request, NEWEST)
    return fragment_or_redirect(
        request, ROW, to="/profile", flash=flash, also=(LIST, COUNT), edit=None, sessions=sessions
    )
