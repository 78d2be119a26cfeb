"""The started programs that are attacked, and somebody who is signed in at them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.attack.world import API, KEY, Program, World
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


def signed_in_at_site(program: Program, person: Person = ADA) -> tuple[bytes, bytes]:
    """The cookie header of somebody who has just registered."""
    with httpx.Client(base_url=program.url) as http:
        fields = {"email": person.email, "name": person.name, "password": person.password}
        assert http.post("/register", data=fields).status_code == 303
        return b"Cookie", b"session=" + http.cookies["session"].encode()


def signed_in_at_backend(program: Program, person: Person = ADA) -> list[tuple[bytes, bytes]]:
    """The headers of a client of the contract for somebody who has just signed up."""
    fields = {"email": person.email, "name": person.name, "password": person.password}
    answer = httpx.post(f"{program.url}{API}/auth/signup-email", json=fields, headers={"X-Client-Key": KEY})
    assert answer.status_code == 200, answer.text
    return [(b"X-Client-Key", KEY.encode()), (b"Session", answer.json()["session"]["token"].encode())]


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
