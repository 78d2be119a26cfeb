"""Log in with a password."""

from starlette.requests import Request
from starlette.responses import Response

from web.api.errors import ApiError
from web.forms import drafts
from web.forms.base import LoginForm
from web.http.body import read_form
from web.pages.entry import magic_link
from web.rendering.pages import Page, redirect
from web.session import AFTER_LOGIN, is_signed_in_as, name_browser, needs_choice, safe_next_path, sign_in
from web.state import Visit

LOGIN = Page("templates/entry/login.html")
FORM = "partials/entry/login_form.html"


async def show(request: Request[Visit]) -> Response:
    form, next_path = LoginForm(drafts.restore_typed(request)), safe_next_path(request.query_params.get("next", ""))
    page = await LOGIN.show(request, fragment=FORM, form=form, next=next_path, is_unconfirmed=False)
    name_browser(request, page)
    return drafts.shown(request, page)


async def submit(request: Request[Visit]) -> Response:
    """With the password, or by the form's other button with a link, for which a password typed is not looked at. Nor is
    it while somebody is signed in of whom the form did not know."""
    typed = await read_form(request)
    form, next_path, status, is_unconfirmed = LoginForm(typed), safe_next_path(typed.get("next", "")), 422, False
    if is_signed_in_as(request, form["email"]):
        return redirect(request, to=next_path or AFTER_LOGIN)
    if form.is_valid() and needs_choice(request, typed):
        return await LOGIN.show(request, fragment=FORM, status=409, form=form, next=next_path, is_unconfirmed=False)
    if not form.has_errors:
        try:
            if form.wants_link:
                return await magic_link.send(request, form["email"], next=next_path, stay=form["stay"])
            api = request.state["api"].as_guest()
            session = await api.sign_in_with_email(form["email"], form["password"])
        except ApiError as refusal:
            status = form.reject(refusal)
            is_unconfirmed = "email_not_verified" in refusal.codes
        else:
            return await sign_in(request, session, to=next_path, stays=bool(form["stay"]))
    return await LOGIN.show(
        request, fragment=FORM, status=status, form=form, next=next_path, is_unconfirmed=is_unconfirmed
    )
