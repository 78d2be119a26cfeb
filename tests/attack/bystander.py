"""Another visitor while somebody attacks: how long pages take, and whether a right password is let in.

Measured from a process and an address of its own, on a new connection each time, so that neither the attack's own work
nor a connection that was there before hides anything.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import statistics
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from tests.attack.world import World
from tests.kit.people import CONFIRM, Person, registers

WORST = 1.0  # seconds of any GET /login meanwhile
MEDIAN = 0.15
MEMORY = 300 * 1024 * 1024  # bytes of each program, at its peak
ADDRESS = "127.0.0.2"
PATIENCE = 30.0  # seconds; what takes longer counts as that long
LOG_INS = 20  # at most: successes are limited too
GET_PAUSE, LOG_IN_PAUSE = 0.02, 0.5
PERSON = Person("bystander@example.com", "Bystander")


@dataclass(frozen=True)
class Harm:
    """What the bystander measured. Seconds, bytes; `log_ins` are the statuses of the answers, 0 for none."""

    pages: list[float]
    log_ins: list[int]
    memory: int

    def __str__(self) -> str:
        return (
            f"others meanwhile: GET /login worst {max(self.pages):.3f} s, median {statistics.median(self.pages):.3f} s"
            f" of {len(self.pages)}; {len(self.log_ins)} log-ins; peak {self.memory // 2**20} MB"
        )

    def check(self) -> None:
        assert max(self.pages) < WORST, str(self)
        assert statistics.median(self.pages) < MEDIAN, str(self)
        assert self.log_ins, str(self)
        assert set(self.log_ins) == {303}, f"{self}: {self.log_ins}"
        assert self.memory < MEMORY, str(self)


@asynccontextmanager
async def bystander(world: World) -> AsyncIterator[None]:
    """Measure another visitor around an attack, print what was found, and fail where it is more than may be.

    `async with bystander(world): ...the attack...`
    """
    await _join(world)
    command = [sys.executable, "-m", "tests.attack.bystander", world.site.url, PERSON.email, PERSON.password]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    assert process.stdout
    await process.stdout.readline()  # it has seen its first page
    try:
        yield
    finally:
        output, _ = await process.communicate(b"")  # ends its input, and so its measuring
    found = json.loads(output)
    programs = filter(None, (world.site, world.backend))
    harm = Harm(found["pages"], found["log_ins"], max(program.peak_memory for program in programs))
    sys.stdout.write(f"  {harm}\n")
    sys.stdout.flush()
    harm.check()


async def _join(world: World) -> None:
    async with world.visitor() as visitor:
        await registers(visitor, PERSON)
        if visitor.path != "/profile":
            await visitor.opens(await world.mailed_link(PERSON, CONFIRM))
            await visitor.submits("Confirm this address")


# The process that measures


def main(url: str, email: str, password: str) -> None:
    """Measure until the standard input ends."""
    port, ended = urlsplit(url).port or 80, threading.Event()
    typed = urlencode({"email": email, "password": password})
    pages, log_ins = list[float](), list[int]()

    def look() -> None:
        began = time.perf_counter()
        status = _ask(port, "GET")
        pages.append(time.perf_counter() - began if status == 200 else PATIENCE)

    def log_in() -> None:
        if len(log_ins) < LOG_INS:
            log_ins.append(_ask(port, "POST", typed))

    look()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    threads = [
        threading.Thread(target=_repeat, args=(look, GET_PAUSE, ended)),
        threading.Thread(target=_repeat, args=(log_in, LOG_IN_PAUSE, ended)),
    ]
    for thread in threads:
        thread.start()
    sys.stdin.read()
    ended.set()
    for thread in threads:
        thread.join()
    sys.stdout.write(json.dumps({"pages": pages, "log_ins": log_ins}))


def _repeat(act: Callable[[], None], pause: float, ended: threading.Event) -> None:
    while not ended.is_set():
        act()
        ended.wait(pause)


def _ask(port: int, method: str, body: str = "") -> int:
    """The status of the answer, 0 where there is none."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE, source_address=(ADDRESS, 0))
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if body else {}
    try:
        connection.request(method, "/login", body or None, headers)
        answer = connection.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()
    return answer.status


if __name__ == "__main__":
    main(*sys.argv[1:])
