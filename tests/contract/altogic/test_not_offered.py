"""Altogic's client: what is not here says so in a way that the client understands, and nothing leaves it hanging."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from tests.contract.altogic.conftest import Served
from tests.contract.altogic.official import Client
from tests.kit.contract import API, KEY, headers_of
from tests.kit.people import PASSWORD

PHONE = "+15551234567"
BY_PHONE = [
    ("signUpWithPhone", PHONE, PASSWORD, "Ada"),
    ("signInWithPhone", PHONE, PASSWORD),
    ("signInWithCode", PHONE, "123456"),
    ("sendSignInCode", PHONE),
    ("verifyPhone", PHONE, "123456"),
    ("resendVerificationCode", PHONE),
    ("sendResetPwdCode", PHONE),
    ("resetPwdWithCode", PHONE, "123456", PASSWORD),
    ("changePhone", PASSWORD, PHONE),
]
ELSEWHERE: list[tuple[tuple[object, ...], ...]] = [
    (("db",), ("model", "users"), ("create", {"name": "x"})),
    (("db",), ("model", "users"), ("filter", "name == 'x'"), ("delete",)),
    (("db",), ("model", "users"), ("filter", "name == 'x'"), ("compute", {"name": "count", "type": "count"})),
    (("db",), ("model", "users"), ("searchText", "x")),
    (("db",), ("model", "users"), ("searchFuzzy", "name", "x")),
    (("db",), ("getStats",)),
    (("realtime",), ("getMembers", "everybody")),
    (("cache",), ("get", "key")),
    (("cache",), ("set", "key", 1)),
    (("queue",), ("submitMessage", "0" * 24, {})),
    (("task",), ("runOnce", "0" * 24)),
    (("endpoint",), ("get", "/hello")),
    (("endpoint",), ("put", "/hello", {"a": 1})),
    (("endpoint",), ("delete", "/hello")),
]


@pytest.fixture(scope="module")
def signed_in(serving: Callable[..., Served]) -> Client:
    return serving(EMAIL_CONFIRMATION="off").someone()[0]


@pytest.mark.parametrize("call", BY_PHONE, ids=lambda call: call[0])
def test_phones_are_not_offered(signed_in: Client, call: tuple[str, ...]) -> None:
    before = signed_in.kept
    refused = signed_in.auth(*call)
    assert refused.refusal == (401, "not_allowed")
    assert refused.local == before


@pytest.mark.parametrize("steps", ELSEWHERE, ids=lambda steps: ".".join(str(step[0]) for step in steps))
def test_other_modules_are_not_here(signed_in: Client, steps: tuple[tuple[object, ...], ...]) -> None:
    before = signed_in.kept
    refused = signed_in.calls(*steps)
    assert refused.refusal == (404, "resource_not_found")
    assert refused.local == before


@pytest.mark.parametrize("provider", ["google", "facebook", "twitter", "apple", "discord", "github", "unknown"])
def test_providers_lead_back_and_say_why(backend: Served, provider: str) -> None:
    signed_in = backend.client()
    assert signed_in.auth("signInWithProvider", provider).value is None  # only a page can be led anywhere
    answer = backend.http.get(f"/_auth/{provider}")
    assert answer.status_code == 302
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    assert (query["status"], query["action"], query["tenant"]) == (["401"], ["oauth-signin"], ["a&b"])
    assert query["error"][0]


def test_whoever_listens_for_events_of_a_user_hears_nothing_and_goes_on(signed_in: Client) -> None:
    """The client looks for a socket at a host name of its own making, without a word of it."""
    before = signed_in.kept
    assert signed_in.auth("onUserEvent", "a listener").local == before
    assert signed_in.calls(("realtime",), ("isConnected",)).value is False
    assert signed_in.calls(("realtime",), ("close",)).local == before
    assert signed_in.succeeds("getUserFromDB").header == before[2]


def test_nothing_answers_a_socket(backend: Served) -> None:
    for path in ("/socket.io/?EIO=4&transport=polling", f"{API}/realtime"):
        answer = backend.http.get(path, headers=headers_of())
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "resource_not_found")


def test_a_wrong_client_key_is_told(backend: Served) -> None:
    _, email = backend.someone()
    stranger = backend.client(key="f" * 32)
    assert stranger.auth("signInWithEmail", email, PASSWORD).refusal == (401, "invalid_client_key")
    assert stranger.auth("getUserFromDB").refusal == (401, "invalid_client_key")
    assert stranger.calls(("cache",), ("get", "key")).refusal == (401, "invalid_client_key")


def test_each_of_several_client_keys_is_taken(serving: Callable[..., Served]) -> None:
    keys = [KEY, "e" * 32]
    several = serving(EMAIL_CONFIRMATION="off", ALTOGIC_CLIENT_KEY=", ".join(keys))
    _, email = several.someone()
    for key in keys:
        client = several.client(key=key)
        assert client.succeeds("signInWithEmail", email, PASSWORD).header
        assert client.succeeds("getUserFromDB").value["user"]["email"] == email
    for wrong in (", ".join(keys), "f" * 32):
        refused = several.client(key=wrong).auth("signInWithEmail", email, PASSWORD)
        assert refused.refusal == (401, "invalid_client_key")


def test_an_api_key_says_nothing_of_who_somebody_is(backend: Served) -> None:
    _, email = backend.someone()
    client = backend.node.client(backend.url, KEY, options={"apiKey": "any key"})
    assert client.auth("getUserFromDB").refusal == (401, "missing_session_token")
    assert client.succeeds("signInWithEmail", email, PASSWORD).header
    assert client.succeeds("getUserFromDB").value["user"]["email"] == email


def test_an_environment_can_be_named_in_the_path(backend: Served) -> None:
    _, email = backend.someone()
    client = backend.client(prefix="/e:0123456789abcdef01234567/")
    assert client.succeeds("signInWithEmail", email, PASSWORD).header
    assert client.succeeds("getUserFromDB").value["user"]["email"] == email


def test_what_no_server_reads_is_refused_in_a_way_that_arrives(backend: Served) -> None:
    client = backend.client()
    assert client.auth("getAuthGrant", "a" * 40_000).refusal == (431, "validation_error")


NO_REQUEST = {
    "an unknown method": b"FOO / HTTP/1.1\r\nHost: x\r\n\r\n",
    "a space in the address": b"GET /a b HTTP/1.1\r\nHost: x\r\n\r\n",
    "a length below nothing": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    "a broken chunk": b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "very many headers": b"GET / HTTP/1.1\r\n" + b"X: 1\r\n" * 200 + b"\r\n",
}


@pytest.mark.parametrize("kind", NO_REQUEST)
def test_what_is_no_request_is_refused_in_the_envelope(backend: Served, kind: str) -> None:
    place = urlsplit(backend.url)
    with socket.create_connection((place.hostname, place.port), timeout=10) as connection:
        connection.sendall(NO_REQUEST[kind])
        head, _, body = b"".join(iter(lambda: connection.recv(65536), b"")).partition(b"\r\n\r\n")
    assert re.match(rb"HTTP/1.1 4\d\d ", head)
    assert b"content-type: application/json" in head
    assert json.loads(body)["errors"][0]["message"]


def test_every_answer_is_careful_and_can_be_asked_about(backend: Served) -> None:
    for path in (f"{API}/auth/user", "/_auth/verify?key=x", "/healthz", "/nothing"):
        headers = httpx.get(f"{backend.url}{path}", trust_env=False).headers
        assert re.fullmatch("[0-9a-f]{16}", headers["x-request-id"])
        assert (headers["x-content-type-options"], headers["x-frame-options"]) == ("nosniff", "DENY")
    mine = {"X-Request-Id": "0123456789abcdef"}
    assert (
        httpx.get(f"{backend.url}/healthz", headers=mine, trust_env=False).headers["x-request-id"]
        == mine["X-Request-Id"]
    )


METHODS = [
    ("GET", "/auth/signup-email"),
    ("PUT", "/auth/signin-email"),
    ("POST", "/auth/grant"),
    ("DELETE", "/auth/user"),
    ("PATCH", "/db/object/update"),
    ("GET", "/storage/bucket/upload-object"),
    ("OPTIONS", "/auth/user"),
]


@pytest.mark.parametrize(("method", "path"), METHODS)
def test_a_wrong_method_is_told_in_the_envelope(backend: Served, method: str, path: str) -> None:
    answer = backend.http.request(method, f"{API}{path}", headers=headers_of())
    assert answer.status_code == 405
    assert answer.json()["errors"][0]["code"] == "method_not_allowed"
    assert answer.headers["allow"]


PATHS = ["/auth/signin-email", "/auth/signup-email", "/auth/signout", "/db/object/update", "/storage/bucket/list-files"]
BODIES = {
    "nothing": (b"", "application/json", {400, 401}),
    "text": (b"hello", "text/plain;charset=UTF-8", {401, 415}),
    "broken": (b'{"email": ', "application/json", {400, 401}),
    "no object": (b"[]", "application/json", {400, 401}),
    "deep": (b'{"email":' * 100_00 + b"1" + b"}" * 100_00, "application/json", {400, 401}),
    "huge": (b'{"email":"' + b"x" * 3_000_000 + b'"}', "application/json", {401, 413}),
}


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("kind", BODIES)
def test_whatever_is_sent_is_answered_in_the_envelope(backend: Served, path: str, kind: str) -> None:
    content, content_type, expected = BODIES[kind]
    headers = {**headers_of(), "Content-Type": content_type}
    answer = httpx.post(f"{backend.url}{API}{path}", content=content, headers=headers, trust_env=False)
    assert answer.status_code in expected
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["errors"][0]["message"]
