"""Passkeys: what a browser is to ask for, logging in with one, and one's own.

`endOthers: true` ends the other sessions in the same act.
"""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json, done
from backend.http.proofs import read_browser
from backend.http.requests import BackendRequest, authenticate, get_services, read_client, read_json
from backend.http.shapes import new_session_to_json, own_passkeys_to_json, passkey_to_json
from backend.kernel import fields
from backend.kernel.refusals import Problems, invalid
from backend.rules import passkey_options, passkeys
from backend.rules.challenges import ChallengePurpose
from backend.rules.new_passkeys import add_passkey
from backend.rules.passkey_log_in import log_in
from backend.rules.passkey_options import Options


async def show_options(request: BackendRequest) -> Response:
    """Answer with what a browser is to ask its authenticators for: `{purpose, browser}`; of `factor` also
    `{ticket}`, of `add` and `confirm` with a session."""
    body = await read_json(request)
    with Problems() as problems:
        purpose = problems.take(_read_purpose, body, "purpose")
        browser = problems.take(read_browser, body, "browser")
    return Json(await _make_options(request, purpose, browser, body))


async def _make_options(
    request: BackendRequest, purpose: ChallengePurpose, browser: str, body: dict[str, Any]
) -> Options:
    services = get_services(request)
    if purpose is ChallengePurpose.SIGN_IN:
        return await passkey_options.make_log_in_options(services, browser, read_client(request))
    if purpose is ChallengePurpose.FACTOR:
        ticket = fields.text(body.get("ticket"), "ticket")
        return await passkey_options.make_step_options(services, ticket, browser, read_client(request))
    me = await authenticate(request)
    if purpose is ChallengePurpose.ADD:
        return await passkey_options.make_add_options(services, me, browser)
    return await passkey_options.make_confirm_options(services, me, browser)


async def log_in_by_passkey(request: BackendRequest) -> Response:
    """Log in: `{credential, browser}`, the browser being the one that the options were asked for with."""
    body = await read_json(request)
    browser = read_browser(body.get("browser"))
    opened = await log_in(get_services(request), body.get("credential"), browser, read_client(request))
    return Json(new_session_to_json(opened))


async def list_own(request: BackendRequest) -> Response:
    """Answer with all passkeys of one's own, and with what their devices may be told of the account."""
    services, me = get_services(request), await authenticate(request)
    return Json(
        own_passkeys_to_json(await passkeys.list_passkeys(services, me), services.settings.passkeys.relying_party)
    )


async def add(request: BackendRequest) -> Response:
    """Add the passkey that the browser has made: `{credential, browser, name?, endOthers?}`."""
    services, me, body = get_services(request), await authenticate(request), await read_json(request)
    with Problems() as problems:
        browser = problems.take(read_browser, body, "browser")
        name = problems.take(fields.label, body, "name")
    client, ends_others = read_client(request), body.get("endOthers") is True
    added = await add_passkey(services, me, body.get("credential"), browser, name, client, ends_others=ends_others)
    return Json(passkey_to_json(added))


async def rename(request: BackendRequest) -> Response:
    """Name one of one's passkeys: `{id, name}`."""
    services, me, body = get_services(request), await authenticate(request), await read_json(request)
    with Problems() as problems:
        passkey_id = problems.take(fields.text, body, "id")
        name = problems.take(fields.label, body, "name")
    await passkeys.rename_passkey(services, me, passkey_id, name, read_client(request))
    return done()


async def remove(request: BackendRequest) -> Response:
    """Remove one of one's passkeys: `{id, endOthers?}`. Answers with those that stay."""
    services, me, body = get_services(request), await authenticate(request), await read_json(request)
    passkey_id, ends_others = fields.text(body.get("id"), "id"), body.get("endOthers") is True
    left = await passkeys.remove_passkey(services, me, passkey_id, read_client(request), ends_others=ends_others)
    return Json(own_passkeys_to_json(left, services.settings.passkeys.relying_party))


def _read_purpose(value: Any, param: str = "purpose") -> ChallengePurpose:
    try:
        return ChallengePurpose(value)
    except ValueError:
        raise invalid(param, f"{param} must be one of {', '.join(ChallengePurpose)}.") from None


ROUTES: list[Route] = [
    Route("/account/passkeys/options", show_options, methods=["POST"]),
    Route("/account/passkeys/sign-in", log_in_by_passkey, methods=["POST"]),
    Route("/account/passkeys", list_own, methods=["GET"]),
    Route("/account/passkeys", add, methods=["POST"]),
    Route("/account/passkeys/rename", rename, methods=["POST"]),
    Route("/account/passkeys/remove", remove, methods=["POST"]),
]
