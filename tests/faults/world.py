"""The started programs, with a line that can be broken between any two, and each to be ended and started again."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy import make_url

from tests.attack.world import Program, World
from tests.faults.proxy import Proxy
from tests.kit.contract import KEY
from tests.kit.mailbox import SmtpServer, free_port
from tests.kit.people import Person, registers
from tests.kit.postgres import address
from tests.kit.serving import serve
from tests.kit.visitor import Visitor

OLD_SECRET = "an-old-secret-of-the-programs-that-break"


@dataclass
class Running:
    """One of the programs, at a port that stays the same."""

    module: str
    environ: dict[str, str]
    folder: Path
    port: int = field(default_factory=free_port)
    life: ExitStack = field(default_factory=ExitStack)

    @property
    def log(self) -> Path:
        return self.folder / f"{self.module.rpartition('.')[2]}.log"

    @property
    def program(self) -> Program:
        return Program(f"http://127.0.0.1:{self.port}")

    def starts(self, module: str = "", **changed: str) -> None:
        """As before, or with other settings, which it keeps."""
        self.environ |= changed
        environ = {**self.environ, "PORT": str(self.port)}
        self.life.enter_context(serve(module or self.module, environ, self.folder, self.log))

    def stops(self) -> None:
        self.life.close()

    def is_told(self, number: signal.Signals) -> None:
        os.kill(self.program.pid, number)

    def dies(self) -> None:
        self.is_told(signal.SIGKILL)
        self.stops()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        self.is_told(signal.SIGSTOP)
        try:
            yield
        finally:
            self.is_told(signal.SIGCONT)


@dataclass
class Moody(SmtpServer):
    """Answers a mail with `refusal`, as long as there is one; after `pause` seconds; or takes it and hangs up."""

    refusal: str = ""
    refused: int = 0
    pause: float = 0.0
    is_mute: bool = False

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's)
        await asyncio.sleep(self.pause)
        if self.refusal:
            self.refused += 1
            return self.refusal
        answer = await super().handle_DATA(server, session, envelope)
        if self.is_mute and server.transport:
            server.transport.close()
        return answer


@dataclass(frozen=True, kw_only=True)
class Breakable(World):
    """`site` is where people find it: before the line to it."""

    site_itself: Running
    backend_itself: Running | None
    line_to_site: Proxy
    line_to_backend: Proxy | None
    line_to_database: Proxy | None
    line_to_mail: Proxy
    smtp: Moody
    secrets: set[str]

    @property
    def keeper(self) -> Running:
        """The program that has the data."""
        return self.backend_itself or self.site_itself

    @property
    def programs(self) -> list[Running]:
        """In the order in which they start."""
        return [program for program in (self.backend_itself, self.site_itself) if program]

    @property
    def file(self) -> Path:
        """Of the database that is a file."""
        return Path(self.keeper.environ["DATA_DIR"]) / "accounts.db"

    @contextmanager
    def set_to(self, **settings: str) -> Iterator[None]:
        """Whoever has the data, and sends the mails, is started again with these settings, and afterwards without."""
        before = {name: self.keeper.environ.get(name, "") for name in settings}
        self._restart(settings)
        try:
            yield
        finally:
            self._restart(before)

    def _restart(self, settings: dict[str, str]) -> None:
        self.keeper.stops()
        self.keeper.starts(**settings)

    @asynccontextmanager
    async def browser(self, person: Person | None = None, kind: type[Visitor] = Visitor) -> AsyncIterator[Visitor]:
        """Of somebody who has just registered, if a person is given."""
        origins = [self.backend.url] if self.backend else []
        # Connections of its own for each act: whoever breaks them must not break the next act, too.
        limits = httpx.Limits(max_keepalive_connections=0)
        async with httpx.AsyncClient(base_url=self.site.url, timeout=60, limits=limits, trust_env=False) as http:
            visitor = kind(http, elsewhere=origins, pictures_from=origins)
            if person:
                await registers(visitor, person)
                assert visitor.who == person.name, visitor.text
                self.secrets.add(http.cookies["session"].partition(".")[0])
            yield visitor


@contextmanager
def breakable(
    folder: Path, *, split: bool, database: str = "", mailed: bool = False, **more: str
) -> Iterator[Breakable]:
    """`mailed`: mails go to a mail server, over a line; otherwise they are in the outbox."""
    with ExitStack() as stack:
        world = _wire(stack, folder, split=split, database=database, more=more)
        if mailed:
            stack.enter_context(world.smtp)
            world.keeper.environ["SMTP_URL"] = f"smtp://127.0.0.1:{world.line_to_mail.port}"
        for program in world.programs:
            stack.callback(program.stops)
            program.starts()
        yield world


def _wire(stack: ExitStack, folder: Path, *, split: bool, database: str, more: dict[str, str]) -> Breakable:
    """Everything in its place, and nothing started but the lines."""

    def line(to: int) -> Proxy:
        return stack.enter_context(Proxy(to))

    smtp, site = Moody(), Running("web", {"DATA_DIR": str(folder / "site"), "SECRET_KEY": OLD_SECRET}, folder)
    backend = _backend(folder) if split else None
    to_site, to_backend = line(site.port), line(backend.port) if backend else None
    to_database = line(make_url(database).port or 5432) if database else None
    site.environ["PUBLIC_URL"] = f"http://127.0.0.1:{to_site.port}"
    if backend and to_backend:
        backend.environ["REDIRECT_URL"] = f"{site.environ['PUBLIC_URL']}/auth-redirect"
        there = {"ALTOGIC_ENV_URL": f"http://127.0.0.1:{to_backend.port}", "ALTOGIC_CLIENT_KEY": KEY}
        site.environ |= {**there, "STORAGE_ORIGIN": backend.program.url}
    keeper = backend or site
    keeper.environ |= {"EMAIL_CONFIRMATION": "off", "LIMIT_FACTOR": "1000000", "PASSWORD_HASHING": "owasp", **more}
    if to_database:
        keeper.environ["DATABASE_URL"] = address(make_url(database).set(port=to_database.port))
    return Breakable(
        folder, Program(site.environ["PUBLIC_URL"]), backend.program if backend else None, database, site_itself=site,
        backend_itself=backend, line_to_site=to_site, line_to_backend=to_backend, line_to_database=to_database,
        line_to_mail=line(smtp.port), smtp=smtp, secrets={KEY, OLD_SECRET},
    )  # fmt: skip


def _backend(folder: Path) -> Running:
    own = {"DATA_DIR": str(folder / "backend"), "SECRET_KEY": OLD_SECRET, "ALTOGIC_CLIENT_KEY": KEY}
    return Running("backend", {**own, "LINK_BUTTON": "off", "TRUSTED_PROXIES": "127.0.0.1"}, folder)
