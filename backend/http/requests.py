"""Reading requests strictly, once: JSON bodies, query parameters, and who is asking."""

import asyncio
import json
import math
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NoReturn

from starlette.requests import Request
from starlette.types import Message

from backend.kernel.keys import hash_secret
from backend.kernel.refusals import invalid, refusal
from backend.rules import sessions
from backend.rules.context import ClientInfo, Services, State
from backend.rules.sessions import SignedIn
from serving.paths import is_site_path
from translations import LANGUAGES, Locale, negotiate_locale

BackendRequest = Request[State]

JSON_LIMIT = 128 * 1024  # bytes
READ_AT_ONCE = 4 * 1024  # bytes; more takes long enough for others to notice
UNFIT = re.compile("[\0\ud800-\udfff]")  # no database takes NUL, no UTF-8 half a character
large_json = ThreadPoolExecutor(1, thread_name_prefix="large-json")  # one at a time: it may become much larger
DEPTH_LIMIT = 20
USER_AGENT_LIMIT = 512
DEVICE_LENGTH = range(22, 201)  # 128 random bits take 22 characters

__all__ = [
    *("BackendRequest", "access_key", "read_client", "bounded", "check_is_json", "json_body", "parsed", "query"),
    *("reader_here", "services_of", "signed_in"),
]


def services_of(request: BackendRequest) -> Services:
    return request.state["services"]


async def signed_in(request: BackendRequest) -> SignedIn:
    """Who is asking, by the `Session` header. Raises `missing_session_token` or `invalid_session_token`."""
    return await sessions.authenticate(services_of(request), request.headers.get("session", ""))


def read_client(request: BackendRequest) -> ClientInfo:
    agent = "".join(filter(str.isprintable, request.headers.get("user-agent", "")))[:USER_AGENT_LIMIT]
    address = request.client.host[:64] if request.client else ""
    return ClientInfo(agent, address, _language(request), _device(request), _registration(request), _next_path(request))


def _device(request: BackendRequest) -> str:
    """A short one could be guessed."""
    device = request.headers.get("x-device", "")
    return hash_secret(device) if len(device) in DEVICE_LENGTH else ""


def _registration(request: BackendRequest) -> str:
    """Even one that could be guessed counts as one: who says it is no client of Altogic's."""
    secret = request.headers.get("x-registration", "")
    return hash_secret(secret) if secret else ""


def _next_path(request: BackendRequest) -> str:
    path = request.query_params.get("next", "")
    return path if is_site_path(path) else ""


def _language(request: BackendRequest) -> str:
    """The visitor's favourite of the languages that mails are written in."""
    return negotiate_locale(request.headers.get("accept-language", ""), services_of(request).mail_templates.languages)


def find_locale(request: BackendRequest) -> Locale:
    """Whoever looks at a page of the backend's own."""
    return Locale(LANGUAGES[negotiate_locale(request.headers.get("accept-language", ""))])


def query(request: BackendRequest, name: str) -> str:
    """A query parameter, "" if it is absent. Given twice it is refused: who would know which one counts?"""
    values = request.query_params.getlist(name)
    if len(values) > 1:
        raise invalid(name, f"{name} is given more than once.")
    return values[0] if values else ""


def access_key(request: BackendRequest) -> str:
    """The `key` of a call about a mailed link. Raises `missing_access_token`."""
    key = query(request, "key")
    if not key:
        raise refusal("missing_access_token")
    return key


async def json_body(request: BackendRequest) -> dict[str, Any]:
    """The JSON object a request carries; no body is an empty object.

    Raises `unsupported_media_type`, `request_body_size_too_large`, `invalid_request_body_syntax`, `validation_error`.
    """
    body = await bounded(request, JSON_LIMIT).body()
    if not body:
        return {}
    check_is_json(request)
    if len(body) <= READ_AT_ONCE:
        return _object(body)
    return await asyncio.get_running_loop().run_in_executor(large_json, _object, body)


def _object(body: bytes) -> dict[str, Any]:
    value = parsed(body)
    if not isinstance(value, dict):
        raise refusal("invalid_request_body_syntax")
    for key, item in value.items():
        _check_text(key, "body")
        _check(item, key, DEPTH_LIMIT)
    return value


def check_is_json(request: BackendRequest) -> None:
    """Raises `unsupported_media_type`."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != "application/json":
        raise refusal("unsupported_media_type")


def parsed(body: bytes) -> Any:
    """JSON as RFC 8259 has it, each member of an object once. Raises `invalid_request_body_syntax`."""
    try:
        return json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise refusal("invalid_request_body_syntax") from error


def bounded(request: BackendRequest, limit: int) -> BackendRequest:
    """The request, its body cut off by a refusal after `limit` bytes, announced or not."""
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


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member is given twice")
    return members


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _check(value: Any, param: str, depth: int) -> None:
    """Refuses what a database or a client could not give back: NUL, half characters, endless numbers, deep nesting."""
    if depth == 0:
        raise invalid(param, "This is nested too deeply.")
    if isinstance(value, str):
        _check_text(value, param)
    elif isinstance(value, float) and not math.isfinite(value):
        raise invalid(param, "This number is too large.")
    elif isinstance(value, list):
        for item in value:
            _check(item, param, depth - 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key, param)
            _check(item, param, depth - 1)


def _check_text(value: str, param: str) -> None:
    if UNFIT.search(value):
        raise invalid(_printable(param), "This has characters that cannot be kept.")


def _printable(param: str) -> str:
    return "".join(filter(str.isprintable, param))[:64]
