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
from web.http.body import read_form
from web.pages.passkeys.forms import PasskeyForm
from web.rendering.pages import redirect
from web.session import find_browser, lead_back, remember_browser
from web.state import Visit

log = logging.getLogger("web")

PAGES = {
    "signin": "/login/passkey",
    "add": "/profile/passkeys",
    "factor": "/login/second-step",
    "confirm": "/confirm",
}  # by the purpose of a ceremony


async def show(request: Request[Visit]) -> Response:
    """Redirect whoever opens the path to a page: it is for the script alone."""
    return redirect(request, to=PAGES["signin"])


async def submit(request: Request[Visit]) -> Response:
    """Answer with the options for one ceremony, which this browser alone can finish."""
    purpose = (await read_form(request)).get("purpose", "")
    if purpose not in PAGES:
        raise HTTPException(400)
    browser = find_browser(request)
    try:
        options = await request.state["api"].get_passkey_options(purpose, browser)
    except (ApiError, Unreachable) as failure:
        return _answer_problem(failure)
    except ConfirmationRequired:
        return JSONResponse({"location": lead_back("/confirm", PAGES[purpose])}, 403)
    except SessionExpired:
        return JSONResponse({"location": lead_back("/login", PAGES[purpose])}, 401)
    response = JSONResponse({"publicKey": options})
    remember_browser(request, response, browser)
    return response


def _answer_problem(failure: ApiError | Unreachable) -> Response:
    form = PasskeyForm()
    if isinstance(failure, ApiError):
        form.reject(failure)
    else:
        log.warning("backend unreachable: %s", failure)
        form.report_silence()
    words: Mapping[str, Any] = {"problem": " ".join([*form.complaints, *form.errors.values()])}
    headers = {"Retry-After": str(form.retry_after)} if form.retry_after else {}
    return JSONResponse(words, form.status, headers)
