"""Lost factors: asking for two-step verification to be removed, stopping that, and removing it after the wait."""

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json, done
from backend.http.requests import (
    BackendRequest,
    authenticate,
    get_services,
    read_access_key,
    read_client,
    read_json,
    read_query,
)
from backend.kernel import fields
from backend.kernel.clock import format_timestamp
from backend.kernel.codes import read_code
from backend.kernel.masking import hint_at_email
from backend.kernel.refusals import Problems
from backend.rules import lost_factor_links, lost_factor_requests, lost_factors
from backend.rules.lost_factor_requests import Evidence


async def show(request: BackendRequest) -> Response:
    """Tell what can be done with a ticket: `?ticket=`. Answers `{needs, hasPassword, email, endDtm, isOver}`."""
    token = fields.text(read_query(request, "ticket"), "ticket")
    found = await lost_factor_requests.describe(get_services(request), token, read_client(request))
    return Json(
        {
            "needs": found.needs,
            "hasPassword": found.has_password,
            "email": hint_at_email(found.email),
            "endDtm": found.ends_at and format_timestamp(found.ends_at),
            "isOver": found.is_over,
        }
    )


async def begin(request: BackendRequest) -> Response:
    """Begin the wait: `{ticket}` with `{code}` after a password, or with `{password}`, or nothing, after a mail.
    Answer with its end, `{endDtm}`."""
    body = await read_json(request)
    with Problems() as problems:
        token = problems.take(fields.text, body, "ticket")
        password = problems.take(fields.known_password, body, "password") if "password" in body else None
        code = problems.take(read_code, body, "code") if "code" in body else None
    evidence = Evidence(password, code)
    ends_at = await lost_factor_requests.begin(get_services(request), token, evidence, read_client(request))
    return Json({"endDtm": format_timestamp(ends_at)})


async def mail_code(request: BackendRequest) -> Response:
    """Mail the code to whoever has a ticket by password: `{ticket}`."""
    await lost_factor_requests.mail_code(get_services(request), await _read_ticket(request), read_client(request))
    return done()


async def mail_link(request: BackendRequest) -> Response:
    """Mail the link once more that removes the factors after the wait: `{ticket}`."""
    await lost_factor_requests.mail_link(get_services(request), await _read_ticket(request), read_client(request))
    return done()


async def _read_ticket(request: BackendRequest) -> str:
    return fields.text((await read_json(request)).get("ticket"), "ticket")


async def stop(request: BackendRequest) -> Response:
    """Keep the factors: `?key=`, the access token of a mail about it, or with a session."""
    services, client = get_services(request), read_client(request)
    if token := read_query(request, "key"):
        await lost_factor_links.stop_by_token(services, token, client)
    else:
        await lost_factors.stop_in_session(services, (await authenticate(request)).user, client)
    return done()


async def remove(request: BackendRequest) -> Response:
    """Remove the factors after the wait: `?key=`, the access token of the mail at its end, and `{password}` where that
    has begun it. Answer with `{resetToken}`, an access token to choose a new password."""
    token, body = read_access_key(request), await read_json(request)
    password = fields.known_password(body["password"], "password") if "password" in body else None
    services, client = get_services(request), read_client(request)
    return Json({"resetToken": await lost_factor_links.remove_by_token(services, token, password, client)})


ROUTES: list[Route] = [
    Route("/account/factors/lost", show, methods=["GET"]),
    Route("/account/factors/lost", begin, methods=["POST"]),
    Route("/account/factors/lost/code", mail_code, methods=["POST"]),
    Route("/account/factors/lost/link", mail_link, methods=["POST"]),
    Route("/account/factors/lost/stop", stop, methods=["POST"]),
    Route("/account/factors/lost/remove", remove, methods=["POST"]),
]
