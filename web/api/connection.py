"""The connection to the backend: deadline, one retry, bounded answers."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import replace
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

from web.api.capabilities import PLAIN_ALTOGIC, Capabilities
from web.api.deadline import in_time
from web.api.errors import (
    AltogicError,
    ApiError,
    ConfirmationRequired,
    SecondFactorRequired,
    SessionExpired,
    Unreachable,
)
from web.api.shapes import ClientInfo
from web.api.transport import DEADLINE, Answer, Call, StreamedAnswer, Transport, check_length

ALWAYS_SENT = {b"accept": b"*/*", b"x-client": b"account-pages"}
IDEMPOTENT = ("GET", "PUT")  # twice does no more than once
LONGEST_RETRY_AFTER = 86_400  # seconds
WRONG_CLIENT_KEY = frozenset({"invalid_client_key", "missing_client_key"})  # the site's fault, not the visitor's
NO_SMS = frozenset({"cannot_send_sms_code"})  # of all answers of 5xx the one that tells a page something
SESSION_IS_OVER = frozenset({"invalid_session_token", "missing_session_token"})


class Connection:
    """The site's one connection to the backend. Enter it (`async with`) before use: that opens the transport too."""

    def __init__(self, base_url: str, client_key: str, transport: Transport) -> None:
        self.transport = transport
        base = urlsplit(base_url)
        self._root = f"{base.path.rstrip('/')}/_api/rest/v1"
        self._headers = {b"host": base.netloc.encode(), **ALWAYS_SENT, b"x-client-key": client_key.encode()}

    async def __aenter__(self) -> Self:
        await self.transport.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self.transport.__aexit__(*error)

    async def call(
        self, method: str, path: str, client: ClientInfo, *, retry: bool = True, **content: Any
    ) -> tuple[Any, Mapping[str, str]]:
        """Make a call and return the JSON of its 2xx answer (None for an empty one) and its headers, in lower case.

        `content` is `params`, and `json` or `files`, as httpx knows them. A GET or PUT whose connection fails is made
        once more, unless `retry` is off. Raises a child of AltogicError, nothing else.
        """
        attempts = 2 if method in IDEMPOTENT and retry else 1
        call = self._build_call(method, path, client, **content)
        try:
            answer = await in_time(DEADLINE, self._send(call, attempts))
        except (ConnectionError, TimeoutError) as error:
            raise Unreachable(f"{method} {path}: {type(error).__name__}") from error
        return _read_answer(answer), answer.headers

    @asynccontextmanager
    async def stream(self, method: str, path: str, client: ClientInfo) -> AsyncIterator[AsyncIterator[bytes]]:
        """Make a call and yield the pieces of its 2xx answer, however long it is.

        Each of them, the first with what comes before it, has a deadline. Raises a child of AltogicError, and reading
        the pieces raises Unreachable, nothing else.
        """
        call = self._build_call(method, path, client)
        async with AsyncExitStack() as stack:
            try:
                async with asyncio.timeout(DEADLINE):
                    answer = await stack.enter_async_context(self.transport.stream(call))
                    if not 200 <= answer.status < 300:
                        _read_answer(await _read_whole(answer))
            except (ConnectionError, TimeoutError) as error:
                raise Unreachable(f"{method} {path}: {type(error).__name__}") from error
            yield _read_in_time(answer.pieces, f"{method} {path}")

    def _build_call(
        self,
        method: str,
        path: str,
        client: ClientInfo,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        files: Any = None,
    ) -> Call:
        kind, body = encode_files(files) if files else encode_json(json)
        headers = {**self._headers, **kind, **client.headers()}
        return Call(method, self._root + path, urlencode(params) if params else "", headers, body)

    async def _send(self, call: Call, attempts: int) -> Answer:
        try:
            return await self.transport.send(call)
        except ConnectionError:
            if attempts <= 1:
                raise
            return await self._send(call, attempts - 1)


def encode_json(value: Any) -> tuple[dict[bytes, bytes], bytes]:
    """Return the headers and the body of a JSON request; both are empty without a value."""
    if value is None:
        return {}, b""
    body = json.dumps(value, separators=(",", ":"), allow_nan=False).encode("ascii")
    return {b"content-type": b"application/json", b"content-length": str(len(body)).encode()}, body


def encode_files(files: Any) -> tuple[dict[bytes, bytes], bytes]:
    """Return the headers and the body of a multipart/form-data request."""
    import httpx  # imported here: nothing else of an embedded site needs it

    request = httpx.Request("POST", "http://127.0.0.1", files=files)
    body = request.read()
    return {name.encode(): request.headers[name].encode() for name in ("content-type", "content-length")}, body


async def _read_whole(answer: StreamedAnswer) -> Answer:
    body = bytearray()
    async for piece in answer.pieces:
        body += piece
        check_length(body)
    return Answer(answer.status, answer.headers, bytes(body))


async def _read_in_time(pieces: AsyncIterator[bytes], call: str) -> AsyncIterator[bytes]:
    try:
        while True:
            async with asyncio.timeout(DEADLINE):
                piece = await anext(pieces, None)
            if piece is None:
                return
            yield piece
    except (ConnectionError, TimeoutError) as error:
        raise Unreachable(f"{call}: {type(error).__name__}") from error


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

    def as_user(self, token: str) -> Self:
        """Return this client for calls within a session that was just opened."""
        return type(self)(self._connection, replace(self.client, token=token), self.capabilities)

    async def _call(self, method: str, path: str, *, retry: bool = True, **content: Any) -> Any:
        """Make a call and return its JSON alone. See Connection.call."""
        return (await self._connection.call(method, path, self.client, retry=retry, **content))[0]

    async def _call_with_headers(self, method: str, path: str, **content: Any) -> tuple[Any, Mapping[str, str]]:
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


def _read_answer(answer: Answer) -> Any:
    """Return the JSON of a 2xx answer; raise for every other."""
    if 200 <= answer.status < 300:
        return _parse_json(answer.body) if answer.body.strip() else None
    if 400 <= answer.status < 500:
        raise _read_refusal(answer)
    if answer.status == 503:
        _raise_for_no_sms(answer)
    raise Unreachable(f"status {answer.status}")


def _read_refusal(answer: Answer) -> AltogicError:
    """Return the error that stands for a 4xx answer. Raises Unreachable for one that is no refusal of the contract."""
    items = _read_errors(_parse_json(answer.body, answer.status))
    refusal = ApiError(answer.status, items, _parse_seconds(answer.headers.get("retry-after", "")))
    if refusal.codes & WRONG_CLIENT_KEY:
        return Unreachable("the backend does not accept ALTOGIC_CLIENT_KEY")
    if refusal.codes & SESSION_IS_OVER:
        return SessionExpired()
    if "second_factor_required" in refusal.codes:
        return SecondFactorRequired(_find_ticket(items))
    if "confirmation_required" in refusal.codes:
        return ConfirmationRequired(is_strong=any(item.get("details") == {"strong": True} for item in items))
    return refusal


def _raise_for_no_sms(answer: Answer) -> None:
    """Raise ApiError where the backend says that it sends no SMS at the moment."""
    with suppress(Unreachable):
        refusal = _read_refusal(answer)
        if isinstance(refusal, ApiError) and refusal.codes == NO_SMS:
            raise refusal


def _find_ticket(items: Iterable[Mapping[str, Any]]) -> str:
    """Return the ticket of the log-in that is refused for want of a second factor."""
    with expect_shape():
        return next(str(item["details"]["ticket"]) for item in items if item.get("code") == "second_factor_required")


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
