"""Recovery codes: a new set, pending until its owner has kept it, and how many codes are left."""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json
from backend.http.requests import BackendRequest, authenticate, get_services, read_client, read_json
from backend.kernel import fields
from backend.kernel.clock import format_timestamp
from backend.kernel.recovery_codes import format_recovery_code
from backend.rules import recovery_codes
from backend.rules.recovery_codes import PendingCodes


async def show(request: BackendRequest) -> Response:
    """Answer with `{left, madeDtm, pending}`. The codes of a pending set are told to a confirmed session alone."""
    state, pending = await recovery_codes.load(get_services(request), await authenticate(request))
    made = state.made_at and format_timestamp(state.made_at)
    return Json({"left": state.left, "madeDtm": made, "pending": pending and _pending_to_json(pending)})


async def make(request: BackendRequest) -> Response:
    """Make a pending set, `{pending}`; the one in force stays good."""
    pending = await recovery_codes.make(get_services(request), await authenticate(request))
    return Json({"pending": _pending_to_json(pending)})


async def confirm(request: BackendRequest) -> Response:
    """Put the pending set in force: `{id?}`, with it only that very set. Answer with `{left}`."""
    services, me, body = get_services(request), await authenticate(request), await read_json(request)
    set_id = fields.text(body["id"], "id") if body.get("id") is not None else None
    return Json({"left": await recovery_codes.confirm(services, me, set_id, read_client(request))})


def _pending_to_json(pending: PendingCodes) -> dict[str, Any]:
    """Return the JSON of a pending set: `{id, codes, createdDtm, expiryDtm}`."""
    made = pending.set
    return {
        "id": made.id,
        "codes": [format_recovery_code(code) for code in pending.codes],
        "createdDtm": format_timestamp(made.created_at),
        "expiryDtm": made.expires_at and format_timestamp(made.expires_at),
    }


ROUTES: list[Route] = [
    Route("/account/factors/recovery-codes", show, methods=["GET"]),
    Route("/account/factors/recovery-codes", make, methods=["POST"]),
    Route("/account/factors/recovery-codes/confirm", confirm, methods=["POST"]),
]
