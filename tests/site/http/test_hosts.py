"""The name by which the site is asked for: ours, in each way that it can be written, and no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.kit.app import open_browser, run_app
from tests.kit.backend import file_new_database
from tests.kit.clock import Clock
from web.asgi import create

HTTPS, HTTP = "https://accounts.example.com", "http://127.0.0.1"
KEY = "a secret key that is long enough for anybody"
# By where the site is: names that it answers to, and others that it does not.
NAMES: dict[str, tuple[list[str], list[str]]] = {
    HTTPS: (
        [
            "accounts.example.com",
            "accounts.example.com:443",
            "accounts.example.com.",
            "ACCOUNTS.example.com.:443",
        ],
        [
            "",
            "accounts.example.com:80",
            "accounts.example.com..",
            "accounts.example.com:x",
            "accounts.example.com:99999",
            "accounts.example.com/path",
            "ada@accounts.example.com",
            "accounts.example.com.evil.example",
        ],
    ),
    f"{HTTPS}:8443": (["accounts.example.com.:8443"], ["accounts.example.com"]),
    HTTP: (["127.0.0.1:80", "localhost.:80", "[::1]:80"], ["127.0.0.1:443", "[::1"]),
}


@pytest.mark.parametrize("public_url", NAMES)
async def test_the_site_answers_to_its_own_name(tmp_path: Path, clock: Clock, public_url: str) -> None:
    environ = {"DATA_DIR": str(tmp_path), "PUBLIC_URL": public_url, "SECRET_KEY": KEY, "TRUSTED_PROXIES": "none"}
    file_new_database(environ)
    ours, others = NAMES[public_url]
    async with run_app(create(environ, clock)) as app, open_browser(app) as http:
        answers = {host: (await http.get("/login", headers={"Host": host})).status_code for host in [*ours, *others]}
    assert answers == {**dict.fromkeys(ours, 200), **dict.fromkeys(others, 421)}
