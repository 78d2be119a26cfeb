"""What an owner may get wrong: settings that do not protect, mails open to a proxy's visitors, files open to others."""

from __future__ import annotations

import asyncio
import re
import socket
import stat
import subprocess
import sys
from pathlib import Path

import httpx

from tests.attack.world import World
from tests.kit.people import ADA, registers
from tests.kit.serving import ROOT, expect_no_start

KEY = "k" * 32
PRODUCTION = {"PUBLIC_URL": "https://accounts.example.com", "SECRET_KEY": KEY, "TRUSTED_PROXIES": "none"}
UNSAFE: tuple[dict[str, str], ...] = (
    {**PRODUCTION, "TRUSTED_PROXIES": ""},
    {**PRODUCTION, "SECRET_KEY": f"{KEY},short"},
    {**PRODUCTION, "ALTOGIC_CLIENT_KEY": "x"},
    {**PRODUCTION, "ALTOGIC_CLIENT_KEY": f"{KEY},x"},
    {"REDIRECT_URL": "javascript://app/%0aalert(1)"},
    {"PUBLIC_URL": "http://127.evil.example"},
    {**PRODUCTION, "SECRET_KEY": ""},
    {**PRODUCTION, "SECRET_KEY": "k" * 31},
    {**PRODUCTION, "PUBLIC_URL": "http://accounts.example.com"},
    {**PRODUCTION, "PUBLIC_URL": "http://localhost.evil.example"},
    {**PRODUCTION, "TRUSTED_PROXIES": "0.0.0.0/0"},
    {**PRODUCTION, "TRUSTED_PROXIES": "::/0"},
    {**PRODUCTION, "TRUSTED_PROXIES": "10.0.0.1/8"},
    {**PRODUCTION, "TRUSTED_PROXIES": "*"},
    {"HOST": "0.0.0.0"},  # what the owner may think is enough
    {"HOST": "192.0.2.1"},
)
SIGNS_OF_A_PROXY = (
    *("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Forwarded-Port", "X-Forwarded-Server"),
    *("Forwarded", "Via", "X-Real-IP", "x-forwarded-prefix"),
)


async def settings_that_do_not_protect(world: World, times: int) -> int:
    """Neither program starts with one; each says in one line which it is, and no secret."""
    programs = ("web", "backend")
    for unsafe in UNSAFE[:times]:
        environ = {"DATA_DIR": str(world.folder / "unsafe"), "PORT": "9", **unsafe}
        starts = (asyncio.to_thread(expect_no_start, program, environ, world.folder) for program in programs)
        for said in await asyncio.gather(*starts):
            assert re.fullmatch(r"[A-Z_]+: must .+\n", said), f"{unsafe}: {said}"
            assert "k" * 31 not in said, said
    return len(programs) * len(UNSAFE[:times])


async def an_outbox_through_a_proxy(world: World) -> int:
    """Mails are shown at the machine alone, and no form of a proxy's visitor is taken for one of ours."""
    program = world.backend or world.site
    host = program.url.removeprefix("http://")
    async with world.visitor() as visitor, httpx.AsyncClient(base_url=program.url, trust_env=False) as http:
        await registers(visitor, ADA)
        listing = await http.get("/outbox")
        paths = ["/outbox", *re.findall(r'href="(/outbox/[0-9a-f]{24})"', listing.text)]
        assert listing.status_code == 200
        assert len(paths) > 1
        strange = [{name: "127.0.0.1"} for name in SIGNS_OF_A_PROXY]
        strange += [{"Origin": "https://accounts.example.com"}]
        strange += [{"Host": name} for name in ("accounts.example.com", "127.evil.example", "127.0.0.1:1")]
        for path in paths:
            for headers in strange:
                answer = await http.get(path, headers=headers)
                assert answer.status_code in (404, 421), f"{path} {headers}: {answer.status_code}"
                assert ADA.email not in answer.text
            old = f"GET {path} HTTP/1.0\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
            assert ADA.email.encode() not in await asyncio.to_thread(_exchange, program.port, old)
        tried = len(paths) * (len(strange) + 1)
    async with httpx.AsyncClient(base_url=world.site.url, trust_env=False) as http:
        headers = {"Sec-Fetch-Site": "same-origin", "Origin": "https://accounts.example.com"}
        answer = await http.post("/login", data={"email": ADA.email, "password": "x"}, headers=headers)
        assert answer.status_code == 403
    return tried + 1


def _exchange(port: int, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        connection.sendall(request)
        return b"".join(iter(lambda: connection.recv(65536), b""))


async def files_that_others_may_read(world: World) -> int:
    """Of all that the programs write, also where an owner copies it to; and a copy follows no link."""
    keeper = world.folder / ("backend" if world.backend else "site")
    async with world.visitor(ADA):
        written = [path for path in keeper.rglob("*") if path.is_file()]
        if not world.database:
            written.append(await asyncio.to_thread(_back_up, keeper, world.folder))
        for path in written:
            mode = stat.S_IMODE(path.stat().st_mode)
            assert not mode & 0o077, f"{path.name} is {mode:o}"
    return len(written)


def _back_up(data: Path, folder: Path) -> Path:
    shared, precious = folder / "shared", folder / "precious"
    shared.mkdir()
    shared.chmod(0o777)
    for name in ("copy", "copy.part"):
        (shared / name).symlink_to(precious)
    assert _command(data, shared / "copy") == 2
    (shared / "copy").unlink()
    assert _command(data, shared / "copy") == 0
    assert not precious.exists()
    return shared / "copy"


def _command(data: Path, file: Path) -> int:
    command = [sys.executable, "-m", "backend", "backup", str(file)]
    environ = {"PYTHONPATH": str(ROOT), "DATA_DIR": str(data)}
    return subprocess.run(command, env=environ, cwd=data, capture_output=True, check=False, timeout=60).returncode
