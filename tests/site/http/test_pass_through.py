"""Under which names the site answers, and what of the embedded backend the public may enter."""

from __future__ import annotations

import httpx
import pytest
from starlette.types import ASGIApp

from tests.kit.app import SITE, open_browser, run_app
from web.asgi import create


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1", "127.0.0.1:80", "localhost:8001", "127.0.0.1:8000.evil", ""]
)
async def test_a_forged_host_is_refused(plain: httpx.AsyncClient, host: str) -> None:
    for path in ("/", "/login", "/static/site.css", "/_auth/verify?key=k&action=email-confirm", "/outbox", "/_api/x"):
        answer = await plain.get(path, headers={"Host": host})
        assert 400 <= answer.status_code < 500, path
        assert not host or host not in answer.text


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "LOCALHOST:8000"])
async def test_loopback_has_three_names(plain: httpx.AsyncClient, host: str) -> None:
    assert (await plain.get("/login", headers={"Host": host})).status_code == 200
    own = {"Host": host, "Origin": f"http://{host.lower()}"}
    assert (await plain.post("/login", data={"email": ""}, headers=own)).status_code == 422


@pytest.mark.parametrize(("path", "word"), [("/healthz", "ok"), ("/readyz", "ready")])
async def test_who_watches_over_the_site_gets_one_word_under_any_name(
    plain: httpx.AsyncClient, path: str, word: str
) -> None:
    answer = await plain.get(path, headers={"Host": "10.1.2.3"})
    assert (answer.status_code, answer.text) == (200, word)
    assert answer.headers["Content-Type"].startswith("text/plain")


async def test_a_backend_that_is_away_is_not_ready(environ: dict[str, str]) -> None:
    away = {**environ, "ALTOGIC_ENV_URL": "http://127.0.0.1:9", "ALTOGIC_CLIENT_KEY": "key"}
    async with run_app(create(away)) as app, open_browser(app) as http:
        assert (await http.get("/readyz")).status_code == 503
        assert (await http.get("/healthz")).text == "ok"
        assert (await http.get("/login")).status_code == 200


@pytest.mark.parametrize("path", ["/_api", "/_api/rest/v1/auth/user", "/_api/rest/v1/auth/grant?key=k"])
async def test_the_backends_interface_is_not_public(plain: httpx.AsyncClient, path: str) -> None:
    for method in ("GET", "POST"):
        answer = await plain.request(method, path)
        assert answer.status_code == 404
        assert "html" in answer.headers["Content-Type"]


async def test_the_outbox_is_open_on_loopback_alone(app: ASGIApp, environ: dict[str, str]) -> None:
    stranger = httpx.ASGITransport(app, client=("192.0.2.7", 50_000))
    async with open_browser(app) as here, httpx.AsyncClient(transport=stranger, base_url=SITE) as there:
        assert (await here.get("/outbox")).status_code == 200
        assert (await there.get("/outbox")).status_code == 404
        forged = {"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1"}
        assert (await there.get("/outbox", headers=forged)).status_code == 404
    production = {"PUBLIC_URL": "https://a.example", "SECRET_KEY": "k" * 32, "TRUSTED_PROXIES": "none"}
    production["PASSWORD_HASHING"] = "owasp"
    for more in ({"SMTP_URL": "smtp://127.0.0.1:9"}, production):
        async with run_app(create({**environ, **more})) as other:
            base_url = more.get("PUBLIC_URL", SITE)
            async with open_browser(other, base_url) as http:
                assert (await http.get("/outbox")).status_code == 404


async def test_a_page_leads_to_the_outbox_only_where_it_answers(app: ASGIApp) -> None:
    typed = {"email": "ada@example.com"}
    for peer, headers, is_led in (
        ("127.0.0.1", {}, True),
        ("127.0.0.1", {"X-Forwarded-For": "203.0.113.9"}, False),
        ("127.0.0.1", {"Via": "1.1 proxy"}, False),
        ("203.0.113.9", {}, False),
    ):
        transport = httpx.ASGITransport(app, client=(peer, 50_000))
        async with httpx.AsyncClient(transport=transport, base_url=SITE, headers=headers) as http:
            answer = await http.post("/login-with-magic-link", data=typed, follow_redirects=True)
            assert ("Open the outbox" in answer.text) is is_led, (peer, headers)
