"""The log: a JSON object a line, the same request id in both programs, and no place for a secret."""

import asyncio
import json
from pathlib import Path
from typing import Any

import httpx

from tests.kit.people import ADA, logs_in
from tests.kit.remote import Elsewhere
from tests.kit.serving import serve_site
from tests.kit.visitor import Visitor

FIELDS = {"time", "level", "logger", "event", "request_id", "method", "path", "status", "ms", "error"}
OF_ANOTHER_HOST = {"host", "expected_host"}


def lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]


async def test_a_request_is_found_in_both_logs_by_the_id_of_its_answer(tmp_path: Path) -> None:
    elsewhere, log = Elsewhere.at(tmp_path), tmp_path / "site.log"
    with elsewhere.running(), serve_site(elsewhere.site_environ, tmp_path, output=log) as url:
        async with httpx.AsyncClient(base_url=url) as http:
            visitor = Visitor(http)
            await logs_in(visitor, ADA, at="/login?next=/profile")
            name = visitor.response.headers["X-Request-Id"]
    everything = (log.read_text(), (tmp_path / "backend.log").read_text())
    assert not any(secret in text for text in everything for secret in (ADA.email, ADA.password, "next="))
    (site,) = (line for line in lines(log) if line.get("request_id") == name)
    (backend,) = (line for line in lines(tmp_path / "backend.log") if line.get("request_id") == name)
    assert (site["method"], site["path"], site["status"]) == ("POST", "/login", 422)
    assert (backend["path"], backend["status"]) == ("/_api/rest/v1/auth/signin-email", 401)
    assert all(set(line) <= FIELDS for line in (*lines(log), *lines(tmp_path / "backend.log")))


async def test_a_visitor_who_leaves_in_the_middle_of_a_form_is_no_error(tmp_path: Path) -> None:
    log = tmp_path / "site.log"
    with serve_site({"DATA_DIR": str(tmp_path)}, tmp_path, output=log) as url:
        port = httpx.URL(url).port
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"POST /login HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 100\r\n"
        writer.write(f"{head}Content-Type: application/x-www-form-urlencoded\r\n\r\nemail=".encode())
        await writer.drain()
        await asyncio.sleep(0.2)
        writer.close()
        for _ in range(200):
            if lines(log):
                break
            await asyncio.sleep(0.05)
    assert [(line["level"], line["event"], line["path"]) for line in lines(log)] == [("info", "request", "/login")]


def test_what_is_meant_for_another_host_is_logged_with_what_was_expected(tmp_path: Path) -> None:
    """Whoever set a proxy up wrongly reads there what came."""
    log, hostile = tmp_path / "site.log", "evil.example" + "x" * 1000
    with serve_site({"DATA_DIR": str(tmp_path)}, tmp_path, output=log) as url:
        for host in ("accounts.example.com:443", hostile):
            assert httpx.get(url, headers={"Host": host}).status_code == 421
        port = httpx.URL(url).port
    first, second = lines(log)
    assert set(first) <= FIELDS | OF_ANOTHER_HOST
    assert (first["status"], first["host"]) == (421, "accounts.example.com:443")
    assert f"127.0.0.1:{port}" in first["expected_host"]
    assert second["host"] == hostile[:100]
