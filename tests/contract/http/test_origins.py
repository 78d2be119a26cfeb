"""Which pages a browser lets call: their origin is echoed, on refusals too."""

from pathlib import Path

import httpx
import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.contract import API, headers_of

APP, OTHER = "https://app.example.com", "https://evil.example.com"
CALLS = [
    ("GET", f"{API}/auth/user", 401),
    ("GET", f"{API}/cache", 404),
    ("GET", f"{API}/auth/signin-email", 405),
    ("POST", f"{API}/auth/signin-email", 400),
    ("GET", "/_storage/a/b/c", 404),
]


async def calls(backend: Backend, method: str, path: str, origin: str, **headers: str) -> httpx.Response:
    given = {"Origin": origin, **headers_of(), **headers}
    return await backend.http.request(method, path, headers=given)


@pytest.mark.parametrize("allowed", [APP, f"{APP}/", "https://App.Example.com:443", f"https://a.example.com, {APP}"])
async def test_a_page_that_is_allowed_can_read_every_answer(tmp_path: Path, allowed: str) -> None:
    async with run_backend(tmp_path, ALLOWED_ORIGINS=allowed) as backend:
        for method, path, status in CALLS:
            answer = await calls(backend, method, path, APP)
            assert answer.status_code == status
            assert answer.headers["access-control-allow-origin"] == APP
            assert answer.headers["access-control-allow-credentials"] == "true"
            assert "Origin" in answer.headers["vary"]


async def test_a_page_of_elsewhere_can_read_none(tmp_path: Path) -> None:
    async with run_backend(tmp_path, ALLOWED_ORIGINS=APP) as backend:
        for origin in (OTHER, "null", "http://app.example.com", f"{APP}.evil.example.com", "http://127.0.0.1:8000"):
            for method, path, _ in CALLS:
                answer = await calls(backend, method, path, origin)
                assert "access-control-allow-origin" not in answer.headers
                assert "Origin" in answer.headers["vary"]  # a cache must not show it to others


async def test_a_page_may_send_what_the_client_sends(tmp_path: Path) -> None:
    wanted = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,session,x-client,x-client-key",
    }
    async with run_backend(tmp_path, ALLOWED_ORIGINS=APP) as backend:
        allowed = await calls(backend, "OPTIONS", f"{API}/auth/signin-email", APP, **wanted)
        assert allowed.status_code == 200
        assert allowed.headers["access-control-allow-origin"] == APP
        assert allowed.headers["access-control-allow-credentials"] == "true"
        refused = await calls(backend, "OPTIONS", f"{API}/auth/signin-email", OTHER, **wanted)
        assert refused.status_code == 400
        assert "access-control-allow-origin" not in refused.headers


async def test_while_nothing_is_said_it_is_the_page_where_links_end_and_this_machine(tmp_path: Path) -> None:
    async with run_backend(tmp_path, REDIRECT_URL="https://App.example.com/in?x=1") as backend:
        for origin in (APP, "http://127.0.0.1:5500", "http://localhost:3000", "http://[::1]:8000"):
            answer = await calls(backend, "GET", f"{API}/auth/user", origin)
            assert answer.headers["access-control-allow-origin"] == origin
        for origin in (OTHER, "http://127.0.0.1.evil.example.com", "http://localhost.evil.example.com:80"):
            answer = await calls(backend, "GET", f"{API}/auth/user", origin)
            assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("app", ["capacitor://localhost", "ionic://localhost", "com.example.app://localhost:8100"])
async def test_the_pages_of_a_native_app_may_call_where_they_are_listed(tmp_path: Path, app: str) -> None:
    async with run_backend(tmp_path, ALLOWED_ORIGINS=f"{APP}, {app}/") as backend:
        answer = await calls(backend, "GET", f"{API}/auth/user", app)
        assert answer.headers["access-control-allow-origin"] == app
        for other in ("capacitor://evil", f"{app}.evil", "null", "http://localhost", "file://"):
            answer = await calls(backend, "GET", f"{API}/auth/user", other)
            assert "access-control-allow-origin" not in answer.headers


async def test_an_app_where_links_end_is_no_origin(tmp_path: Path) -> None:
    async with run_backend(tmp_path, REDIRECT_URL="myapp://auth") as backend:
        for origin in ("myapp://auth", "myapp://", "null"):
            answer = await calls(backend, "GET", f"{API}/auth/user", origin)
            assert "access-control-allow-origin" not in answer.headers


async def test_in_production_this_machine_is_let_in_only_where_it_is_listed(tmp_path: Path) -> None:
    production = {"PUBLIC_URL": "https://accounts.example.com", "SECRET_KEY": "k" * 32, "TRUSTED_PROXIES": "none"}
    for listed, local in ((APP, False), (f"{APP}, http://localhost:3000", True), ("", False)):
        async with run_backend(
            tmp_path, None, **production, REDIRECT_URL=f"{APP}/in", ALLOWED_ORIGINS=listed
        ) as backend:
            for origin, allowed in ((APP, True), ("http://localhost:3000", local), ("http://127.0.0.1:5500", False)):
                answer = await calls(backend, "GET", f"{API}/auth/user", origin)
                assert ("access-control-allow-origin" in answer.headers) is allowed
