"""`python -m tests.programs.killing ROUNDS`: kills the backend while people write or wait, and looks for what is lost.

Everything that was acknowledged must be there after the restart: accounts, names, photos, log-ins, log-outs, new
tokens of sessions, pending addresses, recovery codes, and the mails of each registration, login link, change of
address, set of codes and log-in from a new browser. What was under way when the process died may have happened or not.

Those who wait for their lost factors to be removed are mailed each day: each of these mails comes, and none is written
twice. What begins, stops and ends a wait is never half done.
"""

import asyncio
import contextlib
import random
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import URL, NullPool, create_engine, func, select

from backend.settings import Settings
from backend.store.tables import mails
from tests.kit.contract import KEY
from tests.kit.hashing import hash_quickly
from tests.kit.mailbox import SmtpServer, free_port
from tests.kit.postgres import address, server
from tests.kit.serving import launch, start
from tests.programs.waiters import NOW, REMOVED, WANTS, Box, Waiter, Written
from tests.programs.writers import LOOKS_AGAIN, Killed, Writer

PEOPLE = 6
WAITING = 12  # people: enough for a clean-up to be killed amid their mails
DAYS, DAY = 3, 26  # hours: so that what is due each day is due by the next one, however late the one before was written
PATIENCE = 60.0  # seconds: for an answer, and for the mails of a day
ACTS = 12  # acknowledged in each life at the least, however long that takes on a busy machine
AT_ONCE = 0.001  # seconds: between two looks at what is written, so that the kill falls amid
GOES_ON = (0.0, 0.5)  # seconds that the process lives after them

Act = Callable[[int, Mapping[str, str]], Coroutine[Any, Any, "Outcome"]]


@dataclass(frozen=True)
class Outcome:
    rounds: int
    acknowledged: int
    lost: list[str]


@dataclass(frozen=True)
class Stage:
    """What both acts need: the settings of the backend, whoever calls it, and the box of all mails."""

    settings: Mapping[str, str]
    http: httpx.AsyncClient
    smtp: SmtpServer

    @property
    def database(self) -> URL:
        return Settings.from_environment(self.settings).database.url

    def read_written(self) -> Written:
        return Written.read(self.database)

    @contextlib.contextmanager
    def count_mails(self) -> Iterator[Callable[[], int]]:
        """A look at how many are written by now, which costs little."""
        written = select(func.count()).select_from(mails)
        engine = create_engine(self.database, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            yield lambda: connection.scalar(written) or 0


@contextlib.asynccontextmanager
async def set_up(environ: Mapping[str, str]) -> AsyncIterator[Stage]:
    """`environ` names the database; DATA_DIR is needed."""
    port = free_port()
    with SmtpServer() as smtp:
        settings = {**environ, "PORT": str(port), "SMTP_URL": smtp.url, "ALTOGIC_CLIENT_KEY": KEY, "LINK_BUTTON": "off"}
        settings |= {"LIMIT_FACTOR": "1000", "MAIL_LEASE": "15"}
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE, trust_env=False) as http:
            yield Stage(hash_quickly(settings), http, smtp)


async def kill_while_people_write(rounds: int, environ: Mapping[str, str]) -> Outcome:
    lost: list[str] = []
    async with set_up(environ) as stage:
        people = [Writer(stage.http, stage.smtp) for _ in range(PEOPLE)]
        for _ in range(rounds):
            with run_backend(stage.settings) as kill:
                lost += [what for person in people for what in await person.misses()]
                await kill_amid(people, kill)
        with run_backend(stage.settings, hours_off=1):  # the leases of what the killed ones had in hand are over then
            lost += [what for person in people for what in await person.misses()]
            lost += [what for person in people for what in await person.misses_mail()]
    return Outcome(rounds, sum(person.acknowledged for person in people), lost)


async def kill_amid(people: Sequence[Writer], kill: Callable[[], None]) -> None:
    """While they write."""
    writing = [asyncio.create_task(person.writes()) for person in people]
    await has_acknowledged(people, ACTS)
    await asyncio.sleep(random.uniform(*GOES_ON))
    kill()
    await asyncio.gather(*writing)


async def has_acknowledged(people: Sequence[Writer], acts: int) -> None:
    begun = sum(person.acknowledged for person in people)
    await happens(lambda: sum(person.acknowledged for person in people) >= begun + acts)


async def kill_while_people_wait(rounds: int, environ: Mapping[str, str]) -> Outcome:
    """They ask for their lost factors to be removed, and stop it, again and again. Then they wait, and the clean-up
    that mails them dies each day; then they remove the factors. `rounds` of the first and of the last."""
    lost: list[str] = []
    async with set_up(environ) as stage:
        box = Box(stage.smtp)
        people = [Waiter(stage.http, stage.smtp, box=box) for _ in range(WAITING)]
        with run_backend(stage.settings):
            for person in people:  # all at once they would wait for each other, on a server
                await person.loses_factors()
        for _ in range(rounds):
            with run_backend(stage.settings) as kill:
                lost += stage.read_written().finds_lost(people)
                await kill_amid(people, kill)
        with run_backend(stage.settings):
            lost += stage.read_written().finds_lost(people)
            await asyncio.gather(*(person.asks() for person in people))
        for day in range(1, DAYS + 1):
            lost += await pass_day(stage, people, day)
        for _ in range(rounds):
            with run_backend(stage.settings, hours_off=DAYS * DAY + 2) as kill:
                lost += stage.read_written().finds_lost(people)
                await kill_amid_removals(people, kill)
        with run_clean_up(stage.settings, hours_off=DAYS * DAY + 3):
            lost += stage.read_written().finds_lost(people)
            lost += await miss_mails(stage, people, DAYS)
    return Outcome(rounds, sum(person.acknowledged for person in people), lost)


async def pass_day(stage: Stage, people: Sequence[Waiter], day: int) -> list[str]:
    """Kill the clean-up as soon as it has written some of the day's mails, and let another one go on. What is lost."""
    some = random.randint(1, len(people) - 1)
    with stage.count_mails() as count, run_clean_up(stage.settings, hours_off=day * DAY) as kill:
        before = count()
        await happens(lambda: count() >= before + some, pause=AT_ONCE)
        kill()
    with run_clean_up(stage.settings, hours_off=day * DAY + 1):  # the leases of the killed one are over
        return await miss_mails(stage, people, day) + stage.read_written().finds_lost(people)


async def miss_mails(stage: Stage, people: Sequence[Waiter], day: int) -> list[str]:
    """Those that do not come by this day, and those that were written twice."""
    written = stage.read_written()
    expected = [
        (person, title, count)
        for person in people
        for title, count in (
            (WANTS, written.begun[person.email] + min(day, DAYS - 1)),
            (NOW, int(day == DAYS)),
            (REMOVED, int(person.email in written.removed)),
        )
    ]
    await happens(lambda: all(person.count_mails(title) >= count for person, title, count in expected))
    return [
        f"{person.count_mails(title)} instead of {count} of {title!r}"
        for person, title, count in expected
        if person.count_mails(title) != count
    ]


async def kill_amid_removals(people: Sequence[Waiter], kill: Callable[[], None]) -> None:
    """Until a part of those who are left have removed their factors."""
    left = [person for person in people if not person.is_removed and person.count_mails(NOW)]
    if len(left) < 2:
        return
    removing = [asyncio.create_task(_remove(person)) for person in left]
    await has_acknowledged(left, random.randint(1, len(left) // 2))
    kill()
    await asyncio.gather(*removing)


async def _remove(person: Waiter) -> None:
    with contextlib.suppress(Killed):
        await person.removes()


async def happens(is_so: Callable[[], bool], *, pause: float = LOOKS_AGAIN) -> None:
    """Wait, and go on after a while even so: what is missing then is told of."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while not is_so():
                await asyncio.sleep(pause)


@contextlib.contextmanager
def run_backend(settings: Mapping[str, str], *, hours_off: int = 0) -> Iterator[Callable[[], None]]:
    """The backend, until the block ends or the function it is given is called: that kills it."""
    module, more = ("tests.faults.an_hour_off", {"PROGRAM": "backend"}) if hours_off else ("backend", {})
    environ = {**settings, **more, "HOURS_OFF": str(hours_off)}
    with start(module, environ, Path(settings["DATA_DIR"])) as program:
        yield program.process.kill


@contextlib.contextmanager
def run_clean_up(settings: Mapping[str, str], *, hours_off: int) -> Iterator[Callable[[], None]]:
    """A clean-up that begins at once, until it is killed."""
    environ = {**settings, "HOURS_OFF": str(hours_off)}
    with launch("tests.programs.cleaning", environ, Path(settings["DATA_DIR"])) as launched:
        yield launched.process.kill


ACTS_OF_ALL: dict[str, Act] = {"write": kill_while_people_write, "wait": kill_while_people_wait}


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    outcomes = [_try(name, act, rounds) for act in ACTS_OF_ALL for name in ("SQLite", "PostgreSQL")]
    return 1 if any(outcome.lost for outcome in outcomes) else 0


def _try(name: str, act: str, rounds: int) -> Outcome:
    database = {"DATABASE_URL": address(server().lend())} if name == "PostgreSQL" else {}
    with tempfile.TemporaryDirectory() as folder:
        outcome = asyncio.run(ACTS_OF_ALL[act](rounds, {"DATA_DIR": folder, **database}))
    lost = ", ".join(outcome.lost) or "nothing"
    print(f"{name:10}  people {act}  {outcome.rounds} rounds  {outcome.acknowledged} acts acknowledged  lost: {lost}")
    return outcome


if __name__ == "__main__":
    sys.exit(main())
