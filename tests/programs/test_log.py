"""The log: a JSON object a line, the same request id in both programs, and no place for a secret."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.kit.people import ADA, logs_in
from tests.kit.remote import Elsewhere
from tests.kit.serving import serve_site
from tests.kit.visitor import Visitor

FIELDS = {"time", "level", "logger", "event", "request_id", "method", "path", "status", "ms", "error"}
OF_ANOTHER_HOST = {"host", "expected_host"}


@dataclass
class Log:
    """What a program has said since a test began."""

    file: Path
    begin: int = 0

    @property
    def text(self) -> str:
        return self.file.read_text()[self.begin :]

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines() if line.startswith("{")]


@dataclass(frozen=True)
class Logged:
    url: str
    site: Log
    backend: Log


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Logged]:
    folder = tmp_path_factory.mktemp("logs")
    elsewhere, log = Elsewhere.at(folder), folder / "site.log"
    with elsewhere.running(), serve_site(elsewhere.site_environ, folder, output=log) as url:
        yield Logged(url, Log(log), Log(folder / "backend.log"))


@pytest.fixture
def logged(programs: Logged) -> Logged:
    for log in (programs.site, programs.backend):
        log.begin = len(log.file.read_text())
    return programs


async def test_a_request_is_found_in_both_logs_by_the_id_of_its_answer(logged: Logged) -> None:
    async with httpx.AsyncClient(base_url=logged.url) as http:
        visitor = Visitor(http)
        await logs_in(visitor, ADA, at="/login?next=/profile")
        name = visitor.response.headers["X-Request-Id"]
    everything = (logged.site.text, logged.backend.text)
    assert not any(secret in text for text in everything for secret in (ADA.email, ADA.password, "next="))
    (site,) = (line for line in logged.site.lines if line.get("request_id") == name)
    (backend,) = (line for line in logged.backend.lines if line.get("request_id") == name)
    assert (site["method"], site["path"], site["status"]) == ("POST", "/login", 422)
    assert (backend["path"], backend["status"]) == ("/_api/rest/v1/auth/signin-email", 401)
    assert all(set(line) <= FIELDS for line in (*logged.site.lines, *logged.backend.lines))


async def test_a_visitor_who_leaves_in_the_middle_of_a_form_is_no_error(logged: Logged) -> None:
    port = httpx.URL(logged.url).port
    _, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /login HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 100\r\n"
    writer.write(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\nemail=".encode())
    await writer.drain()
    await asyncio.sleep(0.2)
    writer.close()
    for _ in range(200):
        if logged.site.lines:
            break
        await asyncio.sleep(0.05)
    assert [(line["level"], line["event"], line["path"]) for line in logged.site.lines] == [
        ("info", "request", "/login")
    ]


def test_what_is_meant_for_another_host_is_logged_with_what_was_expected(logged: Logged) -> None:
    """Whoever set a proxy up wrongly reads there what came."""
    hostile = "evil.example" + "x" * 1000
    for host in ("accounts.example.com:443", hostile):
        assert httpx.get(logged.url, headers={"Host": host}).status_code == 421
    first, second = logged.site.lines
    assert set(first) <= FIELDS | OF_ANOTHER_HOST
    assert (first["status"], first["host"]) == (421, "accounts.example.com:443")
    assert logged.url.removeprefix("http://") in first["expected_host"]
    assert second["host"] == hostile[:100]
