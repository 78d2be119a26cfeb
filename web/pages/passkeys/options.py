"""What static/js/passkeys.js asks for before it asks the browser for a passkey. All answers are JSON:

* `{"publicKey": {...}}`: the options, as `PublicKeyCredential.parseRequestOptionsFromJSON` reads them
* `{"problem": "..."}`: what to tell the person
* `{"location": "/..."}`: where the person has to go first
"""

import logging
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from web.api.errors import ApiError, ConfirmationRequired, SessionExpired, Unreachable
from web.api.factors import TICKET_IS_OVER
from web.forms import drafts
from web.http.body import read_form
from web.pages.passkeys.forms import PasskeyForm
from web.rendering.pages import redirect
from web.second_step import find_started_login
from web.session import add_next, find_browser, make_confirm_url, remember_browser
from web.state import Visit

log = logging.getLogger("web")

PAGES = {
    "signin": "/login/passkey",
    "add": "/profile/passkeys",
    "factor": "/login/second-step",
    "confirm": "/confirm",
}  # by the purpose of a ceremony
WITH_SESSION = ("add", "confirm")


async def show(request: Request[Visit]) -> Response:
    """Redirect whoever opens the path to a page: it is for the script alone."""
    return redirect(request, to=PAGES["signin"])


async def submit(request: Request[Visit]) -> Response:
    """Answer with the options for one ceremony, which this browser alone can finish."""
    typed = await read_form(request)
    purpose = typed.get("purpose", "")
    if purpose not in PAGES:
        raise HTTPException(400)
    if purpose != "factor":
        return _keep_typed(request, PAGES[purpose], await _answer(request, purpose))
    started = find_started_login(request, typed)
    return await _answer(request, purpose, started.ticket) if started else _lead_to(PAGES[purpose], 403)


async def _answer(request: Request[Visit], purpose: str, ticket: str = "") -> Response:
    browser, page = find_browser(request), PAGES[purpose]
    api = request.state["api"] if purpose in WITH_SESSION else request.state["api"].as_guest()
    try:
        options = await api.get_passkey_options(purpose, browser, ticket)
    except ConfirmationRequired as required:
        return _lead_to(make_confirm_url(page, is_strong=required.is_strong), 403)
    except SessionExpired:
        return _lead_to(add_next("/login", page), 401)
    except (ApiError, Unreachable) as failure:
        return _answer_failure(failure, page)
    response = JSONResponse({"publicKey": options})
    remember_browser(request, response, browser)
    return response


def _keep_typed(request: Request[Visit], page: str, answer: Response) -> Response:
    """Keep what was typed into the form of a page that the person is led away from."""
    if answer.status_code in (401, 403):
        drafts.save_draft(request, answer, drafts.make_draft(page, request.scope["state"]["fields"]))
    return answer


def _lead_to(location: str, status: int) -> Response:
    """Tell where the person has to go first."""
    return JSONResponse({"location": location}, status)


def _answer_failure(failure: ApiError | Unreachable, page: str) -> Response:
    """Tell what is the matter; of a log-in that has ended its page does."""
    if isinstance(failure, ApiError) and TICKET_IS_OVER in failure.codes:
        return _lead_to(page, 403)
    form = PasskeyForm()
    if isinstance(failure, ApiError):
        form.reject(failure)
    else:
        log.warning("backend unreachable: %s", failure)
        form.report_silence()
    words: Mapping[str, Any] = {"problem": " ".join([*form.complaints, *form.errors.values()])}
    headers = {"Retry-After": str(form.retry_after)} if form.retry_after else {}
    return JSONResponse(words, form.status, headers)
