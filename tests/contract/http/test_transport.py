"""Whatever is sent: the answer is JSON in the one envelope, and never a surprise."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.contract import API, KEY, headers_of
from tests.kit.people import PASSWORD

JSON = {"Content-Type": "application/json"}
SITE = "http://127.0.0.1:8000"


def refusal_in(answer: httpx.Response) -> dict[str, Any]:
    """The first item of an error's envelope, which must be whole."""
    assert answer.status_code >= 400
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["cache-control"] == "no-store"
    item = answer.json()["errors"][0]
    assert item["origin"] == ("client_error" if answer.status_code < 500 else "server_error")
    assert item["code"]
    assert item["message"]
    found: dict[str, Any] = item
    return found


# --- keys and paths


@pytest.mark.parametrize("key", [None, "", "f" * 32, KEY.upper(), KEY + "0", KEY[:-1], f" {KEY[:-1]}", "\u00ff"])
async def test_only_who_knows_the_client_key_is_answered(backend: Backend, key: str | None) -> None:
    headers = [] if key is None else [(b"X-Client-Key", key.encode("latin-1"))]
    for path in ("/auth/user", "/auth/grant?key=x", "/nothing"):
        answer = await backend.http.get(API + path, headers=headers)
        assert (answer.status_code, refusal_in(answer)["code"]) == (401, "invalid_client_key")


async def test_any_of_several_client_keys_will_do(tmp_path: Path) -> None:
    keys = [KEY, "f" * 32, "e" * 32]
    async with run_backend(tmp_path, ALTOGIC_CLIENT_KEY=", ".join(keys)) as backend:
        for key, code in (*((key, "missing_session_token") for key in keys), (",".join(keys), "invalid_client_key")):
            answer = await backend.http.get(f"{API}/auth/user", headers={"X-Client-Key": key})
            assert (answer.status_code, refusal_in(answer)["code"]) == (401, code)


async def test_a_mailed_link_a_photo_and_the_health_need_no_key(backend: Backend) -> None:
    assert (await backend.http.get("/_auth/verify?key=x")).status_code == 302
    assert (await backend.http.get("/_storage/a/b/c")).status_code == 404
    for path in ("/healthz", "/readyz"):
        assert (await backend.http.get(path, headers={"Host": "anything"})).text == "ok"


async def test_the_environment_may_stand_before_the_path(unconfirming: Backend) -> None:
    session = (await unconfirming.signs_up()).token
    headers = headers_of(session)
    answer = await unconfirming.http.get(f"/e:{'a1' * 12}{API}/auth/user", headers=headers)
    assert answer.json()["email"] == "ada@example.com"
    assert (await unconfirming.http.get(f"/e:{'a1' * 12}/_auth/verify?key=x")).status_code == 302
    for prefix in ("/e:short", f"/e:{'A1' * 12}", f"/x:{'a1' * 12}", f"/e:{'a1' * 12}/e:{'a1' * 12}"):
        answer = await unconfirming.http.get(f"{prefix}{API}/auth/user", headers=headers)
        assert (answer.status_code, refusal_in(answer)["code"]) == (404, "resource_not_found")


PHONE = [
    *("signup-phone", "signin-phone", "send-code", "signin-code", "verify-phone"),
    *("resend-code", "send-reset-code", "reset-pwd-code", "change-phone"),
]


@pytest.mark.parametrize("path", PHONE)
async def test_phones_are_not_offered(backend: Backend, path: str) -> None:
    answer = await backend.post(f"/auth/{path}?phone=%2B431234567", {"phone": "+431234567", "password": PASSWORD})
    assert (answer.status, answer.code) == (401, "not_allowed")


UNKNOWN = [
    *("/", "/_api", API, "/_api/rest/v2/auth/user", "/_auth/", "/e:", "//", "/%00"),
    *(f"{API}/{path}" for path in ("", "auth", "auth/", "auth/user/", "auth/nothing", "db/search-text", "db/stats")),
    *(f"{API}/{path}" for path in ("storage/list", "auth/%2e%2e/user", "auth/user%00", "auth/ü")),
]


@pytest.mark.parametrize("path", UNKNOWN)
async def test_an_unknown_path_is_told_in_the_envelope(backend: Backend, path: str) -> None:
    for method in ("GET", "POST"):
        answer = await backend.http.request(method, path, headers=headers_of())
        assert (answer.status_code, refusal_in(answer)["code"]) == (404, "resource_not_found")


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        *((f"{API}/auth/{path}", {"POST"}) for path in ("signin-email", "signout", "sessions/label")),
        *((f"{API}/auth/{path}", {"GET", "HEAD"}) for path in ("user", "grant", "sessions")),
        (f"{API}/db/object/update", {"POST"}),
        (f"{API}/storage/bucket/upload-formdata", {"POST"}),
        ("/_storage/a/b/c", {"GET", "HEAD"}),
        ("/_auth/verify", {"GET", "HEAD", "POST"}),
        ("/healthz", {"GET", "HEAD"}),
    ],
)
async def test_a_wrong_method_is_told_in_the_envelope(backend: Backend, path: str, allowed: set[str]) -> None:
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"} - allowed:
        answer = await backend.http.request(method, path, headers=headers_of())
        assert (answer.status_code, refusal_in(answer)["code"]) == (405, "method_not_allowed")
        assert {name.strip() for name in answer.headers["allow"].split(",")} == allowed


# --- bodies

BODIES = {
    "cut off": (b'{"email": ', 400),
    "not UTF-8": (b'{"email": "\xff"}', 400),
    "UTF-16": ('{"email": "ada"}'.encode("utf-16"), 400),
    "a list": (b"[]", 400),
    "a text": (b'"email"', 400),
    "null": (b"null", 400),
    "blank": (b"   ", 400),
    "two values": (b"{}{}", 400),
    "deep lists": (b"[" * 100_000, 400),
    "deep objects": (b'{"a":' * 20_000 + b"1" + b"}" * 20_000, 400),
    "deep in a field": (b'{"nameOrUserData":' + b"[" * 200 + b"]" * 200 + b"}", 400),
    "NUL": (b'{"email": "ada\\u0000@example.com", "password": "\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000"}', 400),
    "NUL in a name": (b'{"\\u0000": 1}', 400),
    "half a character": (b'{"email": "\\ud800", "password": "\\udc00 long enough"}', 400),
    "a member twice": (b'{"email": "a@example.com", "email": "b@example.com"}', 400),
    "not a number": (b'{"email": NaN}', 400),
    "an endless number": (b'{"email": 1e999}', 400),
    "a number of 100,000 digits": (b'{"email": ' + b"9" * 100_000 + b"}", 400),
    "3 MB": (b'{"email": "' + b"a" * 3_000_000 + b'"}', 413),
    "3 MB of blanks": (b" " * 3_000_000, 413),
}
PATHS = [
    *("/auth/signup-email", "/auth/signin-email", "/auth/reset-pwd?key=x", "/auth/change-pwd", "/auth/change-email"),
    *("/auth/signout", "/auth/sessions/label", "/db/object/update", "/db/object/get", "/storage/delete-file"),
    "/storage/bucket/file/get",
]


@pytest.mark.parametrize("kind", BODIES)
async def test_a_body_that_is_no_request_is_refused_everywhere(unconfirming: Backend, kind: str) -> None:
    content, status = BODIES[kind]
    session = (await unconfirming.signs_up()).token
    for path in PATHS:
        answer = await unconfirming.post(path, content=content, headers=JSON, session=session)
        assert answer.status == status, (path, answer.body)
        assert answer.body["errors"][0]["message"]
    assert (await unconfirming.get("/auth/user", session=session)).status == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "", "text/html", "application/jsonx"]
)
async def test_only_json_is_read_as_json(backend: Backend, kind: str) -> None:
    body = b'{"email": "ada@example.com", "password": "long enough"}'
    answer = await backend.post("/auth/signin-email", content=body, headers={"Content-Type": kind})
    assert (answer.status, answer.code) == (415, "unsupported_media_type")


async def test_json_may_name_its_charset_and_nothing_is_an_empty_object(unconfirming: Backend) -> None:
    await unconfirming.signs_up()
    body = b'{"email": "ada@example.com", "password": "%s"}' % PASSWORD.encode()
    headers = {"Content-Type": "Application/JSON; charset=utf-8"}
    assert (await unconfirming.post("/auth/signin-email", content=body, headers=headers)).status == 200
    assert (await unconfirming.post("/auth/signin-email")).params == ["email", "password"]


@pytest.mark.parametrize("length", ["3000000", "9" * 40, "-1", "ten", "²"])
async def test_a_strange_announcement_of_a_body_is_refused(backend: Backend, length: str) -> None:
    headers = {**JSON, "Content-Length": length.encode("latin-1")}
    answer = await backend.post("/auth/signin-email", content=b"{}", headers=headers)
    assert (answer.status, answer.code) == (413, "request_body_size_too_large")


@pytest.mark.parametrize(
    "query",
    ["key=a&key=b", "key=%00", "key=%ff", "key=%ed%a0%80", "key=" + "a" * 60_000, "key=%F0%9F%98%80", "&&==", "%"],
)
async def test_no_query_is_a_surprise(backend: Backend, query: str) -> None:
    for path in ("/auth/grant", "/auth/access-token"):
        assert 400 <= (await backend.get(f"{path}?{query}")).status < 500
    for path in ("/auth/resend", "/auth/reset-pwd", "/auth/access-token/disown"):
        assert 400 <= (await backend.post(f"{path}?{query}", {"newPassword": "long enough"})).status < 500
    assert (await backend.http.get(f"/_auth/verify?{query}")).status_code in {302, 400}


# --- browsers on other origins


@pytest.mark.parametrize("origin", [SITE, "http://localhost:5173", "http://[::1]:3000", "https://127.0.0.1"])
async def test_a_browser_on_this_machine_may_call(backend: Backend, origin: str) -> None:
    asks = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    asks["Access-Control-Request-Headers"] = "content-type,session,x-client,x-client-key,authorization"
    preflight = await backend.http.options(f"{API}/auth/signin-email", headers=asks)
    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == origin
    assert preflight.headers["access-control-allow-credentials"] == "true"
    assert {"GET", "POST", "PUT", "DELETE"} <= set(preflight.headers["access-control-allow-methods"].split(", "))


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        *(("GET", f"{API}/auth/user", 401), ("GET", f"{API}/nothing", 404), ("PUT", f"{API}/auth/user", 405)),
        *(("POST", f"{API}/auth/signup-email", 400), ("GET", "/_storage/a/b/c", 404), ("GET", "/nothing", 404)),
    ],
)
async def test_a_browser_can_read_errors(backend: Backend, method: str, path: str, status: int) -> None:
    for key in (KEY, "wrong"):
        answer = await backend.http.request(method, path, headers={"X-Client-Key": key, "Origin": SITE})
        assert answer.status_code == (status if key == KEY or not path.startswith(API) else 401)
        assert answer.headers["access-control-allow-origin"] == SITE
        assert "origin" in answer.headers["vary"].lower()
        assert refusal_in(answer)


FOREIGN = ["https://evil.example", "http://localhost.evil.example", "http://127.0.0.1.evil.example:8000", "null", ""]


@pytest.mark.parametrize("origin", [*FOREIGN, "http://localhost:8000@evil.example", "http://localhost:999999"])
async def test_a_foreign_origin_may_not(backend: Backend, origin: str) -> None:
    asks = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    preflight = await backend.http.options(f"{API}/auth/signin-email", headers=asks)
    assert "access-control-allow-origin" not in preflight.headers
    assert preflight.content
    answer = await backend.get("/auth/user", headers={"Origin": origin})
    assert "access-control-allow-origin" not in answer.headers
