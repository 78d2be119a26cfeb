"""Type the code of a mail instead of opening its link. Pages about a mail have the same form."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from serving.constant_time import MAIL, pad_response_time
from web.api.shapes import User
from web.http.body import read_form
from web.pages.codes.forms import CodeForm
from web.pages.entry.failures import taking_failures
from web.pages.entry.pending_mail import describe_waiting
from web.pages.links.landing import HERE as LANDING
from web.pages.links.log_in import log_in
from web.pages.links.opened_links import read_link, save_link
from web.rendering.pages import Page, redirect
from web.second_step import HERE as SECOND_STEP
from web.second_step import has_begun_with
from web.session import AFTER_LOGIN, needs_choice
from web.state import Visit

CODE = Page("templates/codes/code.html", fragment="partials/codes/code_form.html")


async def show(request: Request[Visit]) -> Response:
    """Show the form."""
    return await _show(request, CodeForm())


async def submit(request: Request[Visit]) -> Response:
    """Do what the link of the mail is for: log in, confirm an address, or go on to the form for a new password."""
    typed, waiting = await read_form(request), request.state["site"].cookies.waiting.read(request)
    is_waiting = bool(waiting.get("reference"))
    if not is_waiting and isinstance(request.state["user"], User):
        return redirect(request, to=AFTER_LOGIN)  # the second click of a double click
    form = CodeForm(typed)
    form.needs_choice = describe_waiting(request)["logs_in"] and needs_choice(request, typed)
    if form.is_valid():
        if is_waiting:
            with taking_failures(form):
                pad_response_time(request, MAIL)
                return await _use(request, form, str(waiting["reference"]), typed)
        else:
            form.refuse_elsewhere()
    if form.errors and has_begun_with(request, reference=str(waiting.get("reference", ""))):
        return redirect(request, to=SECOND_STEP)  # by the first click of a double click
    return await _show(request, form)


async def _use(request: Request[Visit], form: CodeForm, reference: str, typed: dict[str, str]) -> Response:
    used = await request.state["api"].as_registrant().use_code(reference, form["code"])
    if used.grant:
        return await log_in(request, typed, *used.grant, action=used.action)
    link = read_link({"access_token": used.access_token, "action": used.action})
    return save_link(request, redirect(request, to=LANDING), link)


async def _show(request: Request[Visit], form: CodeForm) -> Response:
    context: dict[str, Any] = describe_waiting(request)
    return await CODE.show(request, form=form, **{**context, "code_form": form})
