"""The name by which the site is asked for: ours, in each way that it can be written, and no other."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from tests.kit.app import open_browser, run_app
from tests.kit.clock import Clock
from web.asgi import create

HTTPS, HTTP = "https://accounts.example.com", "http://127.0.0.1"
KEY = "a secret key that is long enough for anybody"
OURS = [
    (HTTPS, "accounts.example.com"),
    (HTTPS, "accounts.example.com:443"),
    (HTTPS, "accounts.example.com."),
    (HTTPS, "ACCOUNTS.example.com.:443"),
    (f"{HTTPS}:8443", "accounts.example.com.:8443"),
    (HTTP, "127.0.0.1:80"),
    (HTTP, "localhost.:80"),
    (HTTP, "[::1]:80"),
]
OTHERS = [
    (HTTPS, ""),
    (HTTPS, "accounts.example.com:80"),
    (HTTPS, "accounts.example.com.."),
    (HTTPS, "accounts.example.com:x"),
    (HTTPS, "accounts.example.com:99999"),
    (HTTPS, "accounts.example.com/path"),
    (HTTPS, "ada@accounts.example.com"),
    (HTTPS, "accounts.example.com.evil.example"),
    (f"{HTTPS}:8443", "accounts.example.com"),
    (HTTP, "127.0.0.1:443"),
    (HTTP, "[::1"),
]


@pytest.mark.parametrize(
    ("public_url", "host", "status"), [(*one, 200) for one in OURS] + [(*one, 421) for one in OTHERS]
)
async def test_the_site_answers_to_its_own_name(
    tmp_path: Path, clock: Clock, public_url: str, host: str, status: int
) -> None:
    environ = {"DATA_DIR": str(tmp_path), "PUBLIC_URL": public_url, "SECRET_KEY": KEY, "TRUSTED_PROXIES": "none"}
    async with run_app(create(environ, clock)) as app, open_browser(app) as http:
        answer: httpx.Response = await http.get("/login", headers={"Host": host})
    assert answer.status_code == status
