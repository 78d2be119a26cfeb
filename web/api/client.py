"""A typed client of the contract (Altogic's REST API, auth, `users` objects and storage)."""

import asyncio
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Self

import httpx

from web.api.shapes import ClientInfo, Link, MailFate, Session, User

DEADLINE = 10.0  # seconds for a whole call; httpx has none of its own, and a drip of bytes outlives its timeouts
TIMEOUT = httpx.Timeout(DEADLINE).as_dict()
ALWAYS_SENT = {b"Accept": b"*/*", b"Accept-Encoding": b"gzip, deflate", b"X-Client": b"account-pages"}
LARGEST_ANSWER = 2_000_000  # bytes
OUR_KEY_IS_WRONG = frozenset({"invalid_client_key", "missing_client_key"})  # the site's business, not the visitor's
SESSION_IS_OVER = frozenset({"invalid_session_token", "missing_session_token"})


class AltogicError(Exception):
    """Its children are siblings on purpose: catching one lets the others fly on to errors.py.

    * ApiError - the backend refused; a page may show why. Handlers catch this one.
    * SessionExpired - the token is missing, unknown or revoked. Ends at the login page.
    * Unreachable - no answer, a 5xx, or not the contract's JSON. Ends at a 503 page.
    """


class ApiError(AltogicError):
    """`items` are the contract's errors: `{code, message, details}`; `retry_after` is in seconds, for a 429."""

    def __init__(self, status: int, items: Sequence[Mapping[str, Any]], retry_after: int = 0) -> None:
        super().__init__(status, [item.get("code") for item in items])
        self.status = status
        self.items = items
        self.retry_after = retry_after

    @property
    def codes(self) -> frozenset[str]:
        return frozenset(str(item.get("code")) for item in self.items)

    @property
    def tells_of_an_account(self) -> bool:
        """Whether it may depend on who has one; how often was asked, and what a mail server can do, does not."""
        return self.status != 429 and "unsupported_email" not in self.codes

    @property
    def is_about_mails(self) -> bool:
        """Whether the mailbox has had as many mails as it may: an addition of our own backend."""
        return any(item.get("details") == {"limit": "mails"} for item in self.items)


class SessionExpired(AltogicError):  # noqa: N818
    pass


class Unreachable(AltogicError):  # noqa: N818
    pass


class Altogic:
    """One for the whole site. Open it (`async with`) before use: its transport, embedded or TCP, opens with it."""

    def __init__(self, base_url: str, client_key: str, transport: httpx.AsyncBaseTransport) -> None:
        self.transport = transport
        self._api = f"{base_url.rstrip('/')}/_api/rest/v1"
        self._urls: dict[str, httpx.URL] = {}  # by path: to take an address apart costs more than to be answered
        self._headers = {**ALWAYS_SENT, b"X-Client-Key": client_key.encode()}

    async def __aenter__(self) -> Self:
        await self.transport.__aenter__()
        return self

    async def __aexit__(self, *error: Any) -> None:
        await self.transport.__aexit__(*error)

    # -- Accounts

    # `next_path` is where the log-in by a mailed link is to lead: an addition of our own backend, passed over elsewhere

    async def sign_up_with_email(
        self, client: ClientInfo, email: str, password: str, name: str, *, next_path: str = ""
    ) -> Session | None:
        """None means: the email has to be confirmed first."""
        body = {"email": email, "password": password, "nameOrUserData": name}
        return _session(
            await self._call("POST", "/auth/signup-email", client, params=_given(next=next_path), json=body)
        )

    async def sign_in_with_email(self, client: ClientInfo, email: str, password: str) -> Session:
        body = {"email": email, "password": password}
        return _granted(await self._call("POST", "/auth/signin-email", client, json=body))

    async def get_auth_grant(self, client: ClientInfo, access_token: str) -> tuple[User, Session]:
        """Trade the access token of a mailed link for a session. Our own backend refuses a confirmation with
        `password_required` in a browser in which nothing was typed for it."""
        answer = await self._call("GET", "/auth/grant", client, params={"key": access_token}, again=False)
        session = _granted(answer)
        with understanding():
            return User.from_json(answer["user"]), session

    async def resend_verification_email(self, client: ClientInfo, email: str, *, next_path: str = "") -> None:
        await self._call("POST", "/auth/resend", client, params={"email": email} | _given(next=next_path))

    async def send_magic_link_email(
        self, client: ClientInfo, email: str, *, reason: str = "", next_path: str = ""
    ) -> None:
        """For the `reason` "sign-up" the mail says that there is an account already: an addition of our own backend."""
        params = {"email": email} | _given(reason=reason, next=next_path)
        await self._call("POST", "/auth/send-magic", client, params=params)

    async def reset_password_with_token(self, client: ClientInfo, access_token: str, new_password: str) -> None:
        body = {"newPassword": new_password}
        await self._call("POST", "/auth/reset-pwd", client, params={"key": access_token}, json=body)

    async def count_new_password(self, client: ClientInfo) -> None:
        """Count that somebody chooses a password: an addition of our own backend; elsewhere nobody is counted. Raises
        ApiError where it is too often."""
        try:
            await self._call("POST", "/auth/new-password", client)
        except ApiError as refusal:
            if refusal.status == 429:
                raise

    # -- Mailed links: additions of our own backend, absent elsewhere

    async def find_link(self, client: ClientInfo, key: str) -> Link | None:
        """Whose link this is. None where it is unknown, or where the backend cannot tell."""
        try:
            answer = await self._call("GET", "/auth/access-token", client, params={"key": key})
        except ApiError:
            return None
        with understanding():
            return Link.from_json(answer)

    async def find_mail_fate(self, client: ClientInfo, email: str) -> MailFate | None:
        """What became of the mail of a sign-up in this browser, and whether mails leave at all. None where the backend
        cannot tell."""
        try:
            answer = await self._call("GET", "/account/pending", client, params={"email": email})
        except ApiError:
            return None
        with understanding():
            return MailFate.from_json(answer)

    async def confirm_registration(
        self, client: ClientInfo, access_token: str, new_password: str, name: str
    ) -> tuple[User, Session]:
        """Confirm an address with a password chosen now, and a name: nothing counts that was typed for it before."""
        body = {"newPassword": new_password} | _given(name=name)
        path = "/account/registration/confirm"
        answer = await self._call("POST", path, client, params={"key": access_token}, json=body)
        session = _granted(answer)
        with understanding():
            return User.from_json(answer["user"]), session

    async def has_changed_email(self, client: ClientInfo) -> bool:
        """Whether the caller has their address by a mailed link used within the hour. Where none can tell: no."""
        try:
            answer = await self._call("GET", "/account/email", client)
        except ApiError:
            return False
        with understanding():
            return bool(answer["isNew"])

    async def send_link_again(self, client: ClientInfo, key: str) -> None:
        """The same kind of mail, to the address of a used or expired link."""
        await self._call("POST", "/auth/resend", client, params={"key": key})

    async def disown_link(self, client: ClientInfo, access_token: str) -> None:
        """This wasn't me: discard the registration that this link would confirm."""
        await self._call("POST", "/auth/access-token/disown", client, params={"key": access_token})

    # -- The signed-in user

    async def get_user(self, client: ClientInfo) -> User:
        answer = await self._call("GET", "/auth/user", client)
        with understanding():
            return User.from_json(answer)

    async def update_user(self, client: ClientInfo, user_id: str, **values: Any) -> User:
        """`values` by the contract's names: `name`, `profilePicture`, and of ours `language`, `timezone`."""
        options = {"cache": "nocache", "returnTop": False}
        body = {"values": values, "options": options, "id": user_id, "model": "users"}
        answer = await self._call("POST", "/db/object/update", client, json=body)
        with understanding():
            return User.from_json(answer)

    async def unset_user_field(self, client: ClientInfo, user_id: str, name: str) -> User:
        body = {
            "updates": [{"field": name, "updateType": "unset", "value": None}],
            "options": {"cache": "nocache", "returnTop": False},
            "id": user_id,
            "model": "users",
        }
        answer = await self._call("POST", "/db/object/update-fields", client, json=body)
        with understanding():
            return User.from_json(answer)

    # -- Sessions

    async def get_all_sessions(self, client: ClientInfo) -> list[Session]:
        """Newest first; the caller's own is the one with the caller's token."""
        answer = await self._call("GET", "/auth/sessions", client)
        with understanding():
            return [Session.from_json(item) for item in reversed(answer)]

    async def get_newest_sessions(self, client: ClientInfo, limit: int) -> tuple[list[Session], int]:
        """The caller's own and the newest of the others, and how many there are in all. A backend without our
        additions sends them all, oldest first."""
        answer, headers = await self._answered("GET", f"/auth/sessions?order=own&limit={limit:d}", client)
        total = headers.get("x-total-count")
        with understanding():
            sessions = [Session.from_json(item) for item in (answer if total else reversed(answer))]
            return sessions, int(total or len(sessions))

    async def label_session(self, client: ClientInfo, token: str, label: str) -> Session:
        """Name one of the caller's sessions; an empty label takes its name away. An addition of our own backend."""
        body = {"token": token, "label": label or None}
        answer = await self._call("POST", "/auth/sessions/label", client, json=body)
        with understanding():
            return Session.from_json(answer)

    async def sign_out(self, client: ClientInfo, token: str | None = None) -> None:
        """End the caller's session, or the one with this token or handle."""
        await self._call("POST", "/auth/signout", client, json={"token": token} if token else {})

    async def sign_out_all_except_current(self, client: ClientInfo) -> None:
        await self._call("POST", "/auth/signout-all-except", client)

    # -- Files

    async def upload(self, client: ClientInfo, name: str, content: bytes, mime_type: str, tags: Sequence[str]) -> str:
        """Keep a public file in the root bucket; its public address."""
        options = {"contentType": mime_type, "createBucket": False, "isPublic": True, "tags": list(tags)}
        params = {"bucket": "root", "fileName": name, "options": json.dumps(options)}
        files = {"file": (name, content, mime_type)}
        path = "/storage/bucket/upload-formdata"
        answer = await self._call("POST", path, client, params=params, files=files)
        with understanding():
            return str(answer["publicPath"])

    async def delete_file(self, client: ClientInfo, url: str) -> None:
        await self._call("POST", "/storage/delete-file", client, json={"fileUrl": url})

    # -- The one way to the backend

    async def is_ready(self) -> bool:
        """Whether a call is answered at all; being refused for want of a session is an answer."""
        try:
            await self.get_user(ClientInfo())
        except Unreachable:
            return False
        except AltogicError:
            pass
        return True

    async def _call(self, method: str, path: str, client: ClientInfo, *, again: bool = True, **content: Any) -> Any:
        """The JSON of a 2xx answer, None for an empty one. Raises one of AltogicError's children, nothing else."""
        return (await self._answered(method, path, client, again=again, **content))[0]

    async def _answered(
        self, method: str, path: str, client: ClientInfo, *, again: bool = True, **content: Any
    ) -> tuple[Any, httpx.Headers]:
        tries = 2 if method == "GET" and again else 1  # what changes nothing may be asked once more
        try:
            request = self._request(method, path, client, **content)
            async with asyncio.timeout(DEADLINE):
                status, headers, body = await self._answer(request, tries)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
            raise Unreachable(f"{method} {path}: {type(error).__name__}") from error
        return _understood(status, headers, body), headers

    def _request(
        self, method: str, path: str, client: ClientInfo, params: Mapping[str, str] | None = None, **content: Any
    ) -> httpx.Request:
        """No client of httpx's stands between this and the transport: redirects, cookies, a user and a password are
        what it would see to, and here there are none."""
        if path not in self._urls:
            self._urls[path] = httpx.URL(self._api + path)
        url = self._urls[path].copy_merge_params(params) if params else self._urls[path]
        headers = {**self._headers, **client.headers()}
        return httpx.Request(method, url, headers=headers, extensions={"timeout": TIMEOUT}, **content)

    async def _answer(self, request: httpx.Request, tries: int) -> tuple[int, httpx.Headers, bytes]:
        try:
            response = await self.transport.handle_async_request(request)
            try:
                return response.status_code, response.headers, await _bounded(response)
            finally:
                await response.aclose()
        except httpx.TransportError:
            if tries <= 1:
                raise
            return await self._answer(request, tries - 1)


@contextmanager
def understanding() -> Iterator[None]:
    """An answer in a shape the contract does not know is no answer."""
    try:
        yield
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreachable(f"an answer of an unknown shape: {type(error).__name__}") from error


def _given(**values: str) -> dict[str, str]:
    return {name: value for name, value in values.items() if value}


def _session(answer: Any) -> Session | None:
    with understanding():
        return Session.from_json(answer["session"]) if answer["session"] else None


def _granted(answer: Any) -> Session:
    session = _session(answer)
    if session is None:
        raise Unreachable("an answer without a session")
    return session


async def _bounded(response: httpx.Response) -> bytes:
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > LARGEST_ANSWER:
            raise Unreachable("an answer larger than any of the contract's")
    return bytes(body)


def _understood(status: int, headers: httpx.Headers, body: bytes) -> Any:
    if 200 <= status < 300:
        return _parsed(body) if body.strip() else None
    if not 400 <= status < 500:
        raise Unreachable(f"status {status}")
    items = _errors(_parsed(body))
    refusal = ApiError(status, items, _seconds(headers.get("retry-after", "")))
    if refusal.codes & OUR_KEY_IS_WRONG:
        raise Unreachable("the backend does not accept ALTOGIC_CLIENT_KEY")
    raise SessionExpired if refusal.codes & SESSION_IS_OVER else refusal


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Unreachable("an answer that is not JSON") from error


def _errors(answer: Any) -> list[Mapping[str, Any]]:
    """The refusals in an answer; what has none did not come from the contract, but from something in between."""
    errors = answer.get("errors") if isinstance(answer, dict) else None
    items: list[Any] = errors if isinstance(errors, list) else [errors]
    if not items or not all(isinstance(item, dict) for item in items):
        raise Unreachable("a refusal of an unknown shape")
    return items


def _seconds(value: str) -> int:
    return min(int(value), 86_400) if value.isascii() and value.isdigit() else 0
