"""Factors: what somebody has, and the second step of a log-in."""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json
from backend.http.proofs import read_step_proof
from backend.http.requests import BackendRequest, authenticate, get_services, read_client, read_json, read_query
from backend.http.shapes import factors_to_json, new_session_to_json
from backend.kernel import fields
from backend.kernel.clock import format_timestamp
from backend.kernel.masking import hint_at_email, hint_at_phone
from backend.kernel.refusals import Problems, invalid
from backend.rules import factors, second_step, two_step
from backend.rules.context import Services
from backend.rules.factors import RECOVERY_CODE
from backend.rules.proofs import Proof
from backend.rules.recovery_codes import count_left
from backend.store.records import User


async def show(request: BackendRequest) -> Response:
    """Tell which factors one has: `{twoStepDtm, totp, recoveryCodes, passkeys}`."""
    services, me = get_services(request), await authenticate(request)
    return Json(factors_to_json(await factors.load_overview(services, me.user, me.session.id)))


async def show_second_step(request: BackendRequest) -> Response:
    """Tell what a log-in waits for: `?ticket=`. Answers `{factors, expiryDtm, email, phone}`, both abbreviated, one of
    which may be null."""
    token = fields.text(read_query(request, "ticket"), "ticket")
    waiting = await second_step.describe_second_step(get_services(request), token, read_client(request))
    email, phone = waiting.user.email, waiting.user.phone
    return Json(
        {
            "factors": waiting.factors,
            "expiryDtm": format_timestamp(waiting.expires_at),
            "email": hint_at_email(email) if email else None,
            "phone": hint_at_phone(phone) if phone else None,
        }
    )


async def sign_in(request: BackendRequest) -> Response:
    """Take the second step of a log-in: `{ticket}` and one of `{code}`, `{recoveryCode}`, `{credential, browser}`."""
    body = await read_json(request)
    with Problems() as problems:
        token = problems.take(fields.text, body, "ticket")
        proof = problems.call(read_step_proof, body)
    services = get_services(request)
    opened = await second_step.take_second_step(services, token, proof, read_client(request))
    return Json({**new_session_to_json(opened), **await _count_left(services, opened.user, proof)})


async def _count_left(services: Services, user: User, proof: Proof) -> dict[str, Any]:
    """Tell whoever has used a recovery code how many are left, `{recoveryCodesLeft}`."""
    if proof.factor != RECOVERY_CODE:
        return {}
    return {"recoveryCodesLeft": await count_left(services, user)}


async def switch_two_step(request: BackendRequest) -> Response:
    """Switch two-step verification on or off: `{on, endOthers?}`. Answers what `show` answers."""
    me, body = await authenticate(request), await read_json(request)
    if not isinstance(body.get("on"), bool):
        raise invalid("on", "on must be true or false.")
    services, ends_others = get_services(request), body.get("endOthers") is True
    await two_step.switch(services, me, read_client(request), on=body["on"], ends_others=ends_others)
    return await show(request)


ROUTES: list[Route] = [
    Route("/account/factors", show, methods=["GET"]),
    Route("/account/factors/two-step", switch_two_step, methods=["POST"]),
    Route("/account/factors/sign-in", show_second_step, methods=["GET"]),
    Route("/account/factors/sign-in", sign_in, methods=["POST"]),
]
