"""Prove again who one is. Wherever the backend asks for it, web/errors.py leads here; from here it goes on at `next`.

What had been typed there is shown again, and not sent: that is left to the person.
"""

from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from web.api.factor_shapes import PASSKEY
from web.api.shapes import Proofs
from web.forms import drafts
from web.forms.base import NEXT
from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.pages.reauthentication.acts import find_act
from web.pages.reauthentication.forms import MAIL_CODE, ProofForm, choose_method
from web.rendering.pages import Page, redirect
from web.session import AFTER_LOGIN, find_browser, renew_session
from web.state import SignedIn

HERE = "/confirm"
STRONG = "strong"  # in the query and the form: only a second factor will do
BY = "by"  # in the query: by what the page is to ask for a proof
SENT = "sent"  # in the query: the code is on its way, and to type it is what comes next
CONFIRM = Page("templates/reauthentication/confirm.html", fragment="partials/reauthentication/confirm_form.html")


async def show(request: Request[SignedIn]) -> Response:
    """Show the form, or go on at once where the session was confirmed meanwhile, such as by a log-in."""
    form = ProofForm({name: request.query_params.get(name, "") for name in (NEXT, STRONG)})
    proofs = await _find_proofs(request, form)
    if proofs.is_confirmed:
        return _go_on(request, form[NEXT])
    return await _show(request, form, proofs, request.query_params.get(BY, ""))


async def submit(request: Request[SignedIn]) -> Response:
    """Confirm the session, within the limits of the log-in, and go on with its new token; or mail the code for it."""
    form = ProofForm(await read_form(request))
    if form.is_valid():
        with form.taking_refusals():
            if form.wants_mail:
                return await _mail_code(request, form)
            browser = {"browser": find_browser(request)} if form.method == PASSKEY else {}
            session = await request.state["api"].confirm(**form.proof, **browser)
            return renew_session(request, _go_on(request, form[NEXT]), session)
    return await _show(request, form, await _find_proofs(request, form), form.method)


async def _mail_code(request: Request[SignedIn], form: ProofForm) -> Response:
    await request.state["api"].mail_confirmation_code()
    query = {**{name: form[name] for name in (NEXT, STRONG) if form[name]}, SENT: "yes"}
    flash = _("We’ve emailed a code to %(email)s.") % {"email": request.state["user"].email}
    return redirect(request, to=f"{HERE}?{urlencode(query)}", flash=flash)


async def _find_proofs(request: Request[SignedIn], form: ProofForm) -> Proofs:
    return await request.state["api"].get_proofs(strong=bool(form[STRONG]))


async def _show(request: Request[SignedIn], form: ProofForm, proofs: Proofs, asked: str) -> Response:
    context: dict[str, Any] = {
        "title": find_act(form[NEXT]).heading(),
        "method": choose_method(asked, proofs.methods),
        "proofs": proofs,
        "is_kept": drafts.has_draft(request, form[NEXT]),
        "is_sent": SENT in request.query_params or (form.method == MAIL_CODE and not form.wants_mail),
    }
    return await CONFIRM.show(request, form=form, **context)


def _go_on(request: Request[SignedIn], next_path: str) -> Response:
    flash = _("You’ve confirmed it’s you. Now you can go on.")
    if drafts.has_draft(request, next_path):
        flash = _("What you typed is filled in again. It isn’t sent yet.")
    return redirect(request, to=find_act(next_path).page or next_path or AFTER_LOGIN, flash=flash)
