"""Codes of mailed links."""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json
from backend.http.requests import BackendRequest, get_services, read_client, read_json
from backend.http.shapes import new_session_to_json
from backend.kernel import fields
from backend.kernel.codes import read_code
from backend.kernel.refusals import Problems
from backend.rules import codes
from backend.rules.codes import UsedCode
from serving.constant_time import MAIL, pad_response_time


async def use(request: BackendRequest) -> Response:
    """Use a code in the browser that asked for its mail: `{reference, code}`.

    Answers with what its link would have given: `{action, user, session}`, or `{action, accessToken}` where more has to
    be typed. Refusals take as long and say the same for every reference.
    """
    pad_response_time(request, MAIL)
    body = await read_json(request)
    with Problems() as problems:
        reference = problems.take(fields.text, body, "reference")
        code = problems.take(read_code, body, "code")
    used = await codes.use_code(get_services(request), reference, code, read_client(request))
    return Json(_used_to_json(used))


def _used_to_json(used: UsedCode) -> dict[str, Any]:
    if used.opened:
        return {"action": used.link.kind, **new_session_to_json(used.opened)}
    return {"action": used.link.kind, "accessToken": used.access_token}


ROUTES: list[Route] = [Route("/account/codes", use, methods=["POST"])]
