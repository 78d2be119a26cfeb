"""The log: a JSON object a line, the same request id in both programs, and no place for a secret."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from select import PIPE_BUF
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from serving.log_batches import BatchHandler
from serving.logs import RequestLog
from tests.kit.app import run_app
from tests.kit.people import ADA, logs_in
from tests.kit.remote import Elsewhere
from tests.kit.serving import serve_site
from tests.kit.visitor import Visitor

FIELDS = {"time", "level", "logger", "event", "request_id", "method", "path", "status", "ms", "error"}
OF_ANOTHER_HOST = {"host", "expected_host"}
log = logging.getLogger("a test of the log")


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

    async def wait_for(self, count: int, **fields: str) -> list[dict[str, Any]]:
        """The lines with these fields, once there are so many: lines of requests are written in batches."""
        for _ in range(200):
            found = [line for line in self.lines if fields.items() <= line.items()]
            if len(found) >= count:
                break
            await asyncio.sleep(0.05)
        return found


@dataclass(frozen=True)
class Logged:
    url: str
    site: Log
    backend: Log


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Logged]:
    folder = tmp_path_factory.mktemp("logs")
    elsewhere, log = Elsewhere.at(folder), folder / "site.log"
    with elsewhere.run(), serve_site(elsewhere.site_environ, folder, output=log) as url:
        yield Logged(url, Log(log), Log(folder / "backend.log"))


@pytest.fixture
def logged(programs: Logged) -> Logged:
    for log in (programs.site, programs.backend):
        log.begin = len(log.file.read_text())
    return programs


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """What the log writes."""
    stream = io.StringIO()
    handler = BatchHandler(stream)
    logging.getLogger().addHandler(handler)
    log.setLevel(logging.INFO)
    yield stream
    logging.getLogger().removeHandler(handler)


async def test_a_request_is_found_in_both_logs_by_the_id_of_its_answer(logged: Logged) -> None:
    async with httpx.AsyncClient(base_url=logged.url) as http:
        visitor = Visitor(http)
        await logs_in(visitor, ADA, at="/login?next=/profile")
        name = visitor.response.headers["X-Request-Id"]
    (site,) = await logged.site.wait_for(1, request_id=name)
    (backend,) = await logged.backend.wait_for(1, request_id=name)
    everything = (logged.site.text, logged.backend.text)
    assert not any(secret in text for text in everything for secret in (ADA.email, ADA.password, "next="))
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
    lines = await logged.site.wait_for(1)
    assert [(line["level"], line["event"], line["path"]) for line in lines] == [("info", "request", "/login")]


async def test_what_is_meant_for_another_host_is_logged_with_what_was_expected(logged: Logged) -> None:
    """Whoever set a proxy up wrongly reads there what came."""
    hostile = "evil.example" + "x" * 1000
    async with httpx.AsyncClient(base_url=logged.url) as http:
        for host in ("accounts.example.com:443", hostile):
            assert (await http.get("/", headers={"Host": host})).status_code == 421
    first, second = await logged.site.wait_for(2)
    assert set(first) <= FIELDS | OF_ANOTHER_HOST
    assert (first["status"], first["host"]) == (421, "accounts.example.com:443")
    assert logged.url.removeprefix("http://") in first["expected_host"]
    assert second["host"] == hostile[:100]


def test_no_line_is_lost_when_a_program_is_stopped(tmp_path: Path) -> None:
    written = Log(tmp_path / "site.log")
    with serve_site({"DATA_DIR": str(tmp_path)}, tmp_path, output=written.file) as url:
        paths = [f"/page-{number}" for number in range(30)]
        for path in paths:
            httpx.get(url + path)
    assert [line["path"] for line in written.lines] == paths


async def test_what_waits_is_written_before_a_server_is_told_that_it_may_end(stream: io.StringIO) -> None:
    async with run_app(RequestLog(Starlette())):
        log.info("the last request")
        assert stream.getvalue() == ""
    assert stream.getvalue() == "the last request\n"


async def test_lines_are_written_together_and_a_warning_at_once_behind_them(stream: io.StringIO) -> None:
    log.info("a request")
    log.info("another")
    assert stream.getvalue() == ""
    log.warning("trouble")
    assert stream.getvalue() == "a request\nanother\ntrouble\n"
    log.info("a third")
    for _ in range(200):
        if "third" in stream.getvalue():
            return
        await asyncio.sleep(0.05)
    pytest.fail("the third line was never written")


def test_a_line_that_cannot_be_made_harms_nobody_who_wanted_it(capsys: pytest.CaptureFixture[str]) -> None:
    stream = io.StringIO()
    handler = BatchHandler(stream)
    handler.handle(log.makeRecord(log.name, logging.WARNING, "", 0, "%d seconds", ("ten",), None))
    handler.handle(log.makeRecord(log.name, logging.WARNING, "", 0, "the next", (), None))
    assert stream.getvalue() == "the next\n"
    assert "Logging error" in capsys.readouterr().err


def test_where_nothing_would_write_it_later_a_line_is_written_at_once(stream: io.StringIO) -> None:
    log.info("a line of a thread")
    assert stream.getvalue() == "a line of a thread\n"


async def test_a_batch_is_no_larger_than_what_a_pipe_takes_in_one_piece(stream: io.StringIO) -> None:
    for _ in range(5):
        log.info("x" * (PIPE_BUF // 2 - 1))
    assert len(stream.getvalue()) == 2 * PIPE_BUF
