"""The started programs that are attacked, and somebody who is signed in at them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.attack.world import Program, World
from tests.kit.contract import KEY, call_over_tcp
from tests.kit.mailbox import free_port
from tests.kit.people import ADA, Person
from tests.kit.serving import serve_backend, serve_site

COST = {"PASSWORD_HASHING": "owasp"}  # attacks are about cost too


@contextmanager
def site(folder: Path, **more: str) -> Iterator[Program]:
    environ = {"DATA_DIR": str(folder / "site"), "EMAIL_CONFIRMATION": "off", "LIMIT_FACTOR": "1000000", **COST, **more}
    with serve_site(environ, folder, output=folder / "site.log") as url:
        yield Program(url)


@contextmanager
def backend(folder: Path, **more: str) -> Iterator[Program]:
    environ = {"DATA_DIR": str(folder / "backend"), "EMAIL_CONFIRMATION": "off", "LIMIT_FACTOR": "1000000",
               "ALTOGIC_CLIENT_KEY": KEY, "TRUSTED_PROXIES": "127.0.0.1", **COST, **more}  # fmt: skip
    with serve_backend(environ, folder, output=folder / "backend.log") as url:
        yield Program(url)


def sign_up_at_site(program: Program, person: Person = ADA) -> tuple[bytes, bytes]:
    """The cookie header of somebody who has just registered."""
    with httpx.Client(base_url=program.url) as http:
        fields = {"email": person.email, "name": person.name, "password": person.password}
        assert http.post("/register", data=fields).status_code == 303
        return b"Cookie", b"session=" + http.cookies["session"].encode()


async def sign_up_at_backend(program: Program, person: Person = ADA) -> str:
    """The session of somebody who has just signed up."""
    async with call_over_tcp(program.url) as contract:
        return (await contract.signs_up(person.email, person.password, person.name)).token


@contextmanager
def world(folder: Path, *, split: bool, database: str = "", **more: str) -> Iterator[World]:
    """A site with its backend in its own process or in another; the mails are in the outbox."""
    kept = {"DATABASE_URL": database} if database else {}
    if not split:
        with site(folder, **kept, **more) as program:
            yield World(folder, program, database=database)
        return
    port = free_port()
    landing = {"REDIRECT_URL": f"http://127.0.0.1:{port}/auth-redirect", "LINK_BUTTON": "off"}
    with backend(folder, **kept, **landing, **more) as behind:
        there = {"PORT": str(port), "ALTOGIC_ENV_URL": behind.url, "ALTOGIC_CLIENT_KEY": KEY}
        with site(folder, **there, **more) as program:
            yield World(folder, program, behind, database)
