"""Accounts at providers: one's own, and the address of whoever has none that a provider has checked."""

from collections.abc import Sequence
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json
from backend.http.identity_shapes import identity_to_json, provider_to_json
from backend.http.mail_requests import check_can_be_mailed, reference_to_json
from backend.http.requests import BackendRequest, authenticate, get_services, read_client, read_json, read_query
from backend.kernel import fields
from backend.kernel.clock import format_timestamp
from backend.kernel.refusals import Problems, invalid
from backend.rules import identities, identity_emails
from backend.rules.context import Services
from backend.store.records import Identity
from serving.constant_time import REGISTRATION, pad_response_time


async def list_own(request: BackendRequest) -> Response:
    """Answer with all identities of one's own, oldest first."""
    services, me = get_services(request), await authenticate(request)
    return _answer(services, await identities.list_identities(services, me))


async def begin(request: BackendRequest) -> Response:
    """Begin to connect an account at a provider: `{provider, bind}`. Answers `{ticket, expiryDtm}`."""
    services, me, body = get_services(request), await authenticate(request), await read_json(request)
    with Problems() as problems:
        provider = problems.take(fields.text, body, "provider")
        browser_hash = problems.take(_read_browser_hash, body, "bind")
    ticket, expires_at = await identities.begin_connecting(services, me, provider, browser_hash)
    return Json({"ticket": ticket, "expiryDtm": format_timestamp(expires_at)})


async def connect(request: BackendRequest) -> Response:
    """Connect what the provider has proven: `{key}`. Answers with the list."""
    services, me, body = get_services(request), await authenticate(request), await read_json(request)
    token = fields.text(body.get("key"), "key")
    return _answer(services, await identities.connect_identity(services, me, token, read_client(request)))


async def remove(request: BackendRequest) -> Response:
    """Remove one of one's identities: `{id}`. Answers with those that stay."""
    services, me, body = get_services(request), await authenticate(request), await read_json(request)
    identity_id = fields.text(body.get("id"), "id")
    return _answer(services, await identities.remove_identity(services, me, identity_id, read_client(request)))


async def describe_address(request: BackendRequest) -> Response:
    """Describe of whom an address is asked: `?ref=`."""
    services = get_services(request)
    asked = await identity_emails.describe(services, read_query(request, "ref"), read_client(request))
    provider = {"id": asked.provider, "name": asked.provider_name}
    expires = format_timestamp(asked.expires_at)
    return Json({"provider": provider, "name": asked.name, "email": asked.email, "expiryDtm": expires})


async def take_address(request: BackendRequest) -> Response:
    """Mail the address of whoever has none: `{ref, email}`. The same answer for every address, after the same time."""
    pad_response_time(request, REGISTRATION)
    services, client, body = get_services(request), read_client(request), await read_json(request)
    with Problems() as problems:
        ref = problems.take(fields.text, body, "ref")
        email = problems.take(fields.email, body, "email")
    if not client.registration:
        raise invalid("X-Registration", "The header X-Registration is required.")
    check_can_be_mailed(request, email, "email")
    await identity_emails.take_address(services, ref, email, client)
    return Json(reference_to_json(services, email, client))


ROUTES: list[Route] = [
    Route("/account/identities", list_own, methods=["GET"]),
    Route("/account/identities", connect, methods=["POST"]),
    Route("/account/identities/begin", begin, methods=["POST"]),
    Route("/account/identities/remove", remove, methods=["POST"]),
    Route("/account/identities/address", describe_address, methods=["GET"]),
    Route("/account/identities/address", take_address, methods=["POST"]),
]


def _answer(services: Services, own: Sequence[Identity]) -> Response:
    listed: list[dict[str, Any]] = [identity_to_json(each, provider_to_json(services, each.provider)) for each in own]
    return Json({"identities": listed})


def _read_browser_hash(value: Any, param: str) -> str:
    """Read what a front end knows the browser by, as in the address where a log-in begins."""
    if not isinstance(value, str) or not fields.BROWSER_HASH.fullmatch(value):
        raise invalid(param, f"{param} must be 64 hexadecimal digits.")
    return value
