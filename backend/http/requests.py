"""Reading requests strictly: query parameters, JSON bodies, the session and the client."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.types import Message

from backend.kernel.keys import hash_secret, new_token
from backend.kernel.refusals import invalid, refusal
from backend.kernel.strict_json import parse_object
from backend.rules import sessions
from backend.rules.context import ClientInfo, Services, State
from backend.rules.sessions import SignedIn
from serving.paths import is_site_path
from translations import LANGUAGES, Locale, negotiate_locale

BackendRequest = Request[State]

JSON_LIMIT = 128 * 1024  # bytes
READ_AT_ONCE = 4 * 1024  # bytes; parsing more would delay other requests
large_json = ThreadPoolExecutor(1, thread_name_prefix="large-json")  # one at a time: it may become much larger
USER_AGENT_LIMIT = 512
LARGEST_LIMIT = 1000  # rows in one answer
ALTOGIC_CLIENT = "altogic-js"
DEVICE_LENGTH = range(22, 201)  # 128 random bits take 22 characters


def get_services(request: BackendRequest) -> Services:
    return request.state["services"]


async def authenticate(request: BackendRequest) -> SignedIn:
    """Return the user and session of the `Session` header. Raises `missing_session_token`, `invalid_session_token`."""
    return await sessions.authenticate(get_services(request), read_token(request), is_use=not is_poll(request))


def is_poll(request: BackendRequest) -> bool:
    """Tell whether a page asks by itself (`X-Poll`), which is no use of the session: an open tab keeps none alive."""
    return "x-poll" in request.headers


def read_token(request: BackendRequest) -> str:
    """Return the `Session` header, or an empty text. For endpoints whose rules look up the session themselves."""
    return request.headers.get("session", "")


def read_client(request: BackendRequest) -> ClientInfo:
    """Return who sends the request, as the rules know it."""
    agent = "".join(filter(str.isprintable, request.headers.get("user-agent", "")))[:USER_AGENT_LIMIT]
    address = request.client.host[:64] if request.client else ""
    device, registration = _read_device(request), _read_registration(request)
    return ClientInfo(
        agent,
        address,
        _read_mail_language(request),
        device,
        registration,
        _read_next_path(request),
        asker=registration or device or _make_asker(request),
    )


def _make_asker(request: BackendRequest) -> str:
    """Make up what a client without either is recognized by. Altogic's own has no field for a code, and gets none."""
    return "" if request.headers.get("x-client") == ALTOGIC_CLIENT else new_token()


def _read_device(request: BackendRequest) -> str:
    """Return the hash of X-Device, or an empty text if that is too short to be unguessable."""
    device = request.headers.get("x-device", "")
    return hash_secret(device) if len(device) in DEVICE_LENGTH else ""


def _read_registration(request: BackendRequest) -> str:
    """Return the hash of X-Registration. A short one counts too: it shows that the client is none of Altogic's."""
    secret = request.headers.get("x-registration", "")
    return hash_secret(secret) if secret else ""


def _read_next_path(request: BackendRequest) -> str:
    """Return the query's `next` if it is a path of the site, against open redirects."""
    path = request.query_params.get("next", "")
    return path if is_site_path(path) else ""


def _read_mail_language(request: BackendRequest) -> str:
    """Return the visitor's favourite of the languages that mails are written in."""
    return negotiate_locale(request.headers.get("accept-language", ""), get_services(request).mail_templates.languages)


def find_locale(request: BackendRequest) -> Locale:
    """Return the locale for a page of the backend's own."""
    return Locale(LANGUAGES[negotiate_locale(request.headers.get("accept-language", ""))])


def read_query(request: BackendRequest, name: str) -> str:
    """Return a query parameter, or an empty text if it is absent. Raises `validation_error` if it is given twice."""
    query = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    values = [value for key, value in query if key == name]
    if len(values) > 1:
        raise invalid(name, f"{name} is given more than once.")
    return values[0] if values else ""


def read_limit(request: BackendRequest, name: str) -> int | None:
    """Return how many rows a query asks for, None if it does not say. Raises `validation_error`."""
    limit = read_query(request, name)
    if limit and not re.fullmatch("1000|[1-9][0-9]{0,2}", limit):
        raise invalid(name, f"{name} must be a whole number from 1 to {LARGEST_LIMIT}.")
    return int(limit) if limit else None


def read_access_key(request: BackendRequest) -> str:
    """Return the query's `key`, the link key or access token of a mailed link. Raises `missing_access_token`."""
    key = read_query(request, "key")
    if not key:
        raise refusal("missing_access_token")
    return key


async def read_json(request: BackendRequest) -> dict[str, Any]:
    """Read the JSON object that a request carries; no body is an empty object. A request can be read once.

    Raises `unsupported_media_type`, `request_body_size_too_large`, `invalid_request_body_syntax`, `validation_error`.
    """
    body = await limit_body(request, JSON_LIMIT).body()
    if not body:
        return {}
    check_is_json(request)
    if len(body) <= READ_AT_ONCE:
        return parse_object(body)
    return await asyncio.get_running_loop().run_in_executor(large_json, parse_object, body)


def check_is_json(request: BackendRequest) -> None:
    """Raise `unsupported_media_type` unless the body is application/json."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise refusal("unsupported_media_type")


def limit_body(request: BackendRequest, limit: int) -> BackendRequest:
    """Return the request with a body of at most `limit` bytes: more raises `request_body_size_too_large`, at once if
    Content-Length announces it, otherwise while it is read."""
    announced = request.headers.get("content-length", "0")
    if not announced.isdecimal() or int(announced[:20]) > limit:
        raise refusal("request_body_size_too_large")
    received = 0

    async def receive() -> Message:
        nonlocal received
        message = await request.receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise refusal("request_body_size_too_large")
        return message

    return Request(request.scope, receive)
