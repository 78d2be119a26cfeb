"""Log in with a code by SMS: first the number is typed, then, in the same browser, the code that was sent to it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from serving.constant_time import MAIL, pad_response_time
from web.api.shapes import User
from web.forms import drafts
from web.forms.base import NEXT, Form
from web.http.body import read_form
from web.pages.entry.failures import taking_failures
from web.pages.phone.forms import (
    CODE,
    NUMBER,
    LoginCodeForm,
    LoginNumberForm,
    describe_numbers,
    find_phones,
    word_sent_again,
)
from web.pages.preferences.browser_locale import read_browser_locale, save_browser_locale
from web.rendering.pages import Page, redirect
from web.second_step import HERE as SECOND_STEP
from web.second_step import has_begun_with
from web.session import AFTER_LOGIN, identify_browser, needs_choice, remember_device, safe_next_path, sign_in
from web.state import Visit

HERE = "/login-with-code"
ANOTHER = "another"  # in the query: the code is to go to another number
AGAIN = "again"  # the field of the button that has another code sent
NUMBER_PAGE = Page("templates/phone/log_in.html", fragment="partials/phone/number_form.html")
CODE_PAGE = Page("templates/phone/log_in_code.html", fragment="partials/phone/code_form.html")


async def show(request: Request[Visit]) -> Response:
    """Show the form for the number, or while a code is waited for the form for that."""
    waiting = _find_waiting(request)
    if waiting and ANOTHER not in request.query_params:
        return await _show_code(request, LoginCodeForm())
    typed = drafts.restore_draft(request) or request.state["site"].cookies.sms.read(request)
    page = await _show_number(request, _make_form(request, {**typed, NEXT: _find_next(request, typed)}))
    identify_browser(request, page)
    return drafts.clear_draft(request, page)


async def submit(request: Request[Visit]) -> Response:
    """Send a code to a number, or log in with the one that was sent."""
    typed = await read_form(request)
    typed = {**typed, NUMBER: typed.get(NUMBER) or _find_number(request)}
    if CODE not in typed or not typed[NUMBER]:
        return await _send(request, typed)
    if isinstance(request.state["user"], User) and not _find_number(request):
        return redirect(request, to=safe_next_path(typed.get(NEXT, "")) or AFTER_LOGIN)  # the second of two clicks
    return await _use_code(request, typed)


async def _send(request: Request[Visit], typed: Mapping[str, str]) -> Response:
    """Send a code. The response is the same for every number (no user enumeration)."""
    form = _make_form(request, typed)
    form.needs_choice = needs_choice(request, typed)
    if form.is_valid():
        with taking_failures(form):
            pad_response_time(request, MAIL)
            await request.state["api"].as_guest().send_login_code(form[NUMBER])
            return _wait(request, form, typed)
    if AGAIN in typed and _find_waiting(request):
        return await _show_code(request, LoginCodeForm(), refused=form)
    return await _show_number(request, form)


async def _use_code(request: Request[Visit], typed: Mapping[str, str]) -> Response:
    form = LoginCodeForm(typed)
    form.needs_choice = needs_choice(request, typed)
    if form.is_valid():
        with taking_failures(form):
            pad_response_time(request, MAIL)
            return await _log_in(request, form, typed)
    if form.errors and has_begun_with(request, reference=form[NUMBER]):
        return redirect(request, to=SECOND_STEP)  # by the first click of a double click
    return await _show_code(request, form)


async def _log_in(request: Request[Visit], form: LoginCodeForm, typed: Mapping[str, str]) -> Response:
    cookie = request.state["site"].cookies.sms
    options = {**cookie.read(request), **{name: value for name, value in typed.items() if value}}
    user, session = await request.state["api"].as_guest().sign_in_with_phone_code(form[NUMBER], form.code)
    await save_browser_locale(request, user, session, {name: str(value) for name, value in options.items()})
    response = await sign_in(request, session, to=str(options.get(NEXT, "")), remember=bool(options.get("stay")))
    cookie.clear(request, response)
    return response


def _wait(request: Request[Visit], form: LoginNumberForm, typed: Mapping[str, str]) -> Response:
    """Redirect to the form for the code, which counts in this browser alone, so that it has to be recognized there."""
    site = request.state["site"]
    flash = word_sent_again(request) if AGAIN in typed else ""
    is_signed_in = isinstance(request.state["user"], User)
    response = redirect(request, to=f"{HERE}?switch=yes" if is_signed_in else HERE, flash=flash)
    remember_device(request, response)
    told = {name: form[name] for name in form.fields} | read_browser_locale(request, typed)
    site.cookies.sms.write(request, response, {**told, "at": int(site.clock().timestamp())})
    return response


async def _show_number(request: Request[Visit], form: LoginNumberForm) -> Response:
    return await NUMBER_PAGE.show(request, form=form)


async def _show_code(request: Request[Visit], form: LoginCodeForm, *, refused: Form | None = None) -> Response:
    """Show the form for the code; `refused`: what became of the button that sends another one."""
    waiting = request.state["site"].cookies.sms.read(request)
    context: dict[str, Any] = {
        "phone": form[NUMBER] or str(waiting.get(NUMBER, "")),
        NEXT: form[NEXT] or str(waiting.get(NEXT, "")),
        "stay": form["stay"] or str(waiting.get("stay", "")),
        "code_lifetime": find_phones(request).code_lifetime,
        "refused": refused,
    }
    return await CODE_PAGE.show(request, form=refused or form, code_form=form, **context)


def _make_form(request: Request[Visit], typed: Mapping[str, Any]) -> LoginNumberForm:
    return LoginNumberForm({name: str(value) for name, value in typed.items()}, **describe_numbers(request))


def _find_waiting(request: Request[Visit]) -> bool:
    """Tell whether a code that was sent to this browser can still be typed."""
    site = request.state["site"]
    sent = datetime.fromtimestamp(int(site.cookies.sms.read(request).get("at", 0)), UTC)
    return bool(site.clock() < sent + timedelta(seconds=find_phones(request).code_lifetime))


def _find_number(request: Request[Visit]) -> str:
    return str(request.state["site"].cookies.sms.read(request).get(NUMBER, ""))


def _find_next(request: Request[Visit], typed: Mapping[str, Any]) -> str:
    return request.query_params.get(NEXT, "") or str(typed.get(NEXT, ""))
