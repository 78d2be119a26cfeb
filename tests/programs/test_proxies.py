"""What is believed of those who pass requests on, and what is said of those who are not believed."""

from __future__ import annotations

import json
import re
import socket
from pathlib import Path

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from serving.proxies import TrustedProxies
from tests.kit.serving import serve_backend, serve_site

WARNING = "X-Forwarded-For from {} is ignored: TRUSTED_PROXIES does not list it"


class Visitors:
    """An application that notes who it takes its visitors for."""

    def __init__(self) -> None:
        self.addresses: list[str] = []

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        self.addresses.append(scope["client"][0])
        start: Message = {"type": "http.response.start", "status": 204, "headers": []}
        await send(start)
        await send({"type": "http.response.body", "body": b""})


async def ask(visitors: Visitors, trusted: tuple[str, ...], peer: str, *forwarded: str) -> None:
    transport = httpx.ASGITransport(TrustedProxies(visitors, trusted), client=(peer, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
        await http.get("/", headers=[("X-Forwarded-For", value) for value in forwarded])


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "taken_for"),
    [
        ((), "127.0.0.1", ["203.0.113.9"], "127.0.0.1"),
        (("10.0.0.0/8",), "10.1.2.3", ["203.0.113.9"], "203.0.113.9"),
        (("10.0.0.0/8",), "11.1.2.3", ["203.0.113.9"], "11.1.2.3"),
        (("127.0.0.1",), "127.0.0.1", ["192.0.2.1, 203.0.113.9"], "203.0.113.9"),
        (("127.0.0.1",), "127.0.0.1", ["192.0.2.1", "203.0.113.9"], "203.0.113.9"),
        (("127.0.0.1", "10.0.0.0/8"), "127.0.0.1", ["192.0.2.1, 203.0.113.9, 10.0.0.7"], "203.0.113.9"),
        (("2001:db8::/32",), "2001:db8::1", ["[2001:470::7]:1234"], "2001:470::7"),
        (("127.0.0.1",), "127.0.0.1", [], "127.0.0.1"),
    ],
)
async def test_a_visitors_address_is_what_a_trusted_proxy_says(
    trusted: tuple[str, ...], peer: str, forwarded: list[str], taken_for: str
) -> None:
    visitors = Visitors()
    await ask(visitors, trusted, peer, *forwarded)
    assert visitors.addresses == [taken_for]


@pytest.mark.parametrize("program", ["web", "backend"])
def test_a_proxy_that_is_not_listed_is_told_in_the_log_once(program: str, tmp_path: Path) -> None:
    log, serve = tmp_path / "log.txt", {"web": serve_site, "backend": serve_backend}[program]
    environ = {"DATA_DIR": str(tmp_path / "var"), "TRUSTED_PROXIES": "127.0.0.2"}
    with serve(environ, tmp_path, output=log) as url:
        for proxy, told in (("127.0.0.2", []), ("127.0.0.1", ["127.0.0.1"])):
            with httpx.Client(base_url=url, transport=httpx.HTTPTransport(local_address=proxy)) as http:
                for _ in range(3):
                    http.get("/login", headers={"X-Forwarded-For": "203.0.113.9"})
            assert warnings(log) == [WARNING.format(peer) for peer in told]


def warnings(log: Path) -> list[str]:
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    return [line["event"] for line in lines if line["logger"] == "serving.proxies"]


def test_the_outbox_is_closed_to_a_bare_nginx(tmp_path: Path) -> None:
    """It sends the Host of where it connects, no header of its own, and HTTP/1.0."""
    with serve_site({"DATA_DIR": str(tmp_path / "var")}, tmp_path) as url:
        host = url.removeprefix("http://")
        assert status_of(host, f"GET /outbox HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n") == 200
        assert status_of(host, f"GET /outbox HTTP/1.0\r\nHost: {host}\r\nConnection: close\r\n\r\n") == 404


def status_of(host: str, request: str) -> int:
    address, _, port = host.partition(":")
    with socket.create_connection((address, int(port)), timeout=10) as connection:
        connection.sendall(request.encode())
        found = re.match(rb"HTTP/1\.1 (\d{3}) ", connection.recv(100))
    assert found
    return int(found[1])
