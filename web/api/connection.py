"""The connection to the backend: deadline, one retry, bounded answers."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import httpx

from web.api.capabilities import PLAIN_ALTOGIC, Capabilities
from web.api.errors import ApiError, SessionExpired, Unreachable
from web.api.shapes import ClientInfo

DEADLINE = 10.0  # seconds for a whole call; httpx has none of its own, and a drip of bytes outlives its timeouts
TIMEOUT = httpx.Timeout(DEADLINE).as_dict()
ALWAYS_SENT = {b"Accept": b"*/*", b"Accept-Encoding": b"gzip, deflate", b"X-Client": b"account-pages"}
LARGEST_ANSWER = 2_000_000  # bytes
LONGEST_RETRY_AFTER = 86_400  # seconds
WRONG_CLIENT_KEY = frozenset({"invalid_client_key", "missing_client_key"})  # the site's fault, not the visitor's
SESSION_IS_OVER = frozenset({"invalid_session_token", "missing_session_token"})


class Connection:
    """The site's one connection to the backend. Enter it (`async with`) before use: that opens the transport too."""

    def __init__(self, base_url: str, client_key: str, transport: httpx.AsyncBaseTransport) -> None:
        self.transport = transport
        self._base = f"{base_url.rstrip('/')}/_api/rest/v1"
        self._urls: dict[str, httpx.URL] = {}  # by path: parsing a URL costs more than a call in process
        self._headers = {**ALWAYS_SENT, b"X-Client-Key": client_key.encode()}

    async def __aenter__(self) -> Self:
        await self.transport.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self.transport.__aexit__(*error)

    async def call(
        self, method: str, path: str, client: ClientInfo, *, retry: bool = True, **content: Any
    ) -> tuple[Any, httpx.Headers]:
        """Make a call and return the JSON of its 2xx answer (None for an empty one) and its headers.

        `content` is passed to `httpx.Request`: `params`, `json`, `files`. A GET whose connection fails is made once
        more, unless `retry` is off. Raises a child of AltogicError, nothing else.
        """
        attempts = 2 if method == "GET" and retry else 1
        try:
            request = self._build_request(method, path, client, **content)
            async with asyncio.timeout(DEADLINE):
                status, headers, body = await self._send(request, attempts)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise Unreachable(f"{method} {path}: {type(error).__name__}") from error
        return _read_answer(status, headers, body), headers

    def _build_request(
        self, method: str, path: str, client: ClientInfo, params: Mapping[str, str] | None = None, **content: Any
    ) -> httpx.Request:
        """Build a request for the transport itself: redirects, cookies and credentials, which an httpx.Client would
        handle, do not occur here."""
        if path not in self._urls:
            self._urls[path] = httpx.URL(self._base + path)
        url = self._urls[path].copy_merge_params(params) if params else self._urls[path]
        headers = {**self._headers, **client.headers()}
        return httpx.Request(method, url, headers=headers, extensions={"timeout": TIMEOUT}, **content)

    async def _send(self, request: httpx.Request, attempts: int) -> tuple[int, httpx.Headers, bytes]:
        try:
            response = await self.transport.handle_async_request(request)
            try:
                return response.status_code, response.headers, await _read_body(response)
            finally:
                await response.aclose()
        except httpx.TransportError:
            if attempts <= 1:
                raise
            return await self._send(request, attempts - 1)


class BoundClient:
    """Calls on behalf of whoever sent one request. One a request; all share the site's connection.

    `capabilities` are those of the backend, or else of Altogic: see web/api/capabilities.py.
    """

    def __init__(self, connection: Connection, client: ClientInfo, capabilities: Capabilities = PLAIN_ALTOGIC) -> None:
        self.client = client
        self.capabilities = capabilities
        self._connection = connection

    def as_guest(self) -> Self:
        """Return this client for calls about neither the session nor the registration of this browser."""
        return type(self)(self._connection, self.client.as_guest(), self.capabilities)

    def as_registrant(self) -> Self:
        """Return this client for calls about a registration, without a session. See ClientInfo.as_registrant."""
        return type(self)(self._connection, self.client.as_registrant(), self.capabilities)

    async def _call(self, method: str, path: str, *, retry: bool = True, **content: Any) -> Any:
        """Make a call and return its JSON alone. See Connection.call."""
        return (await self._connection.call(method, path, self.client, retry=retry, **content))[0]

    async def _call_with_headers(self, method: str, path: str, **content: Any) -> tuple[Any, httpx.Headers]:
        return await self._connection.call(method, path, self.client, **content)


@contextmanager
def expect_shape() -> Iterator[None]:
    """Raise Unreachable where an answer is not of the shape that the block reads."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreachable(f"an answer of an unknown shape: {type(error).__name__}") from error


def drop_empty(**values: str) -> dict[str, str]:
    """Return the parameters that have a value."""
    return {name: value for name, value in values.items() if value}


async def _read_body(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise Unreachable("an answer larger than any of the contract's")
    return bytes(body)


def _read_answer(status: int, headers: httpx.Headers, body: bytes) -> Any:
    """Return the JSON of a 2xx answer; raise for every other."""
    if 200 <= status < 300:
        return _parse_json(body) if body.strip() else None
    if not 400 <= status < 500:
        raise Unreachable(f"status {status}")
    items = _read_errors(_parse_json(body, status))
    refusal = ApiError(status, items, _parse_seconds(headers.get("retry-after", "")))
    if refusal.codes & WRONG_CLIENT_KEY:
        raise Unreachable("the backend does not accept ALTOGIC_CLIENT_KEY")
    raise SessionExpired if refusal.codes & SESSION_IS_OVER else refusal


def _parse_json(body: bytes, status: int = 0) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreachable("an answer that is not JSON", status) from error


def _read_errors(answer: Any) -> list[Mapping[str, Any]]:
    """Return the errors of a refusal. One without any did not come from the backend, but from something in between."""
    errors = answer.get("errors") if isinstance(answer, dict) else None
    items: list[Any] = errors if isinstance(errors, list) else [errors]
    if not items or not all(isinstance(item, dict) for item in items):
        raise Unreachable("a refusal of an unknown shape")
    return items


def _parse_seconds(value: str) -> int:
    return min(int(value), LONGEST_RETRY_AFTER) if value.isascii() and value.isdigit() else 0
