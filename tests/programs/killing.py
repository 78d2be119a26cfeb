"""`python -m tests.programs.killing ROUNDS`: kills the backend while people write, and looks for what they lost.

Everything that was acknowledged must be there after the restart: accounts, names, photos, log-ins, log-outs, new
tokens of sessions, pending addresses, recovery codes, and the mails of each registration, login link, change of
address, set of codes and log-in from a new browser. What was under way when the process died may have happened or not.
"""

import asyncio
import contextlib
import random
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import httpx

from tests.kit.contract import KEY
from tests.kit.hashing import hash_quickly
from tests.kit.mailbox import SmtpServer, free_port
from tests.kit.postgres import address, server
from tests.kit.serving import start
from tests.programs.writers import Writer

PEOPLE = 6
PATIENCE = 60.0  # seconds: for a start
ACTS = 12  # acknowledged in each life at the least, however long that takes on a busy machine
GOES_ON = (0.0, 0.5)  # seconds that the process lives after them
# The last life is an hour later: then the leases of what the killed ones had in hand are over.
LATER = ("tests.faults.an_hour_off", {"PROGRAM": "backend", "HOURS_OFF": "1"})


@dataclass(frozen=True)
class Outcome:
    rounds: int
    acknowledged: int
    lost: list[str]


async def kill_again_and_again(rounds: int, environ: Mapping[str, str]) -> Outcome:
    """`environ` names the database; DATA_DIR is needed."""
    lost: list[str] = []
    port = free_port()
    with SmtpServer() as smtp:
        settings = {**environ, "PORT": str(port), "SMTP_URL": smtp.url, "ALTOGIC_CLIENT_KEY": KEY, "LINK_BUTTON": "off"}
        settings |= {"LIMIT_FACTOR": "1000", "MAIL_LEASE": "15"}
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=20, trust_env=False) as http:
            people = [Writer(http, smtp) for _ in range(PEOPLE)]
            for _ in range(rounds):
                with alive(hash_quickly(settings)) as kill:
                    lost += [what for person in people for what in await person.misses()]
                    writing = [asyncio.create_task(person.writes()) for person in people]
                    await _live_for_a_while(people)
                    kill()
                    await asyncio.gather(*writing)
            with alive(hash_quickly(settings), *LATER):
                lost += [what for person in people for what in await person.misses()]
                lost += [what for person in people for what in await person.misses_mail()]
    return Outcome(rounds, sum(person.acknowledged for person in people), lost)


async def _live_for_a_while(people: Sequence[Writer]) -> None:
    begun = sum(person.acknowledged for person in people)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while sum(person.acknowledged for person in people) < begun + ACTS:
                await asyncio.sleep(0.02)
    await asyncio.sleep(random.uniform(*GOES_ON))


@contextlib.contextmanager
def alive(
    settings: Mapping[str, str], module: str = "backend", more: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Callable[[], None]]:
    """The backend, until the block ends or the function it is given is called: that kills it."""
    with start(module, {**settings, **more}, Path(settings["DATA_DIR"])) as program:
        yield program.process.kill


def main() -> int:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    outcomes = [_tried("SQLite", rounds, {}), _tried("PostgreSQL", rounds, {"DATABASE_URL": address(server().lend())})]
    return 1 if any(outcome.lost for outcome in outcomes) else 0


def _tried(name: str, rounds: int, database: Mapping[str, str]) -> Outcome:
    with tempfile.TemporaryDirectory() as folder:
        outcome = asyncio.run(kill_again_and_again(rounds, {"DATA_DIR": folder, **database}))
    lost = ", ".join(outcome.lost) or "nothing"
    print(f"{name:10}  killed {outcome.rounds} times  {outcome.acknowledged} acts acknowledged  lost: {lost}")
    return outcome


if __name__ == "__main__":
    sys.exit(main())
