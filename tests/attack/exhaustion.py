"""Very many at once, very slowly, or very much: others are still served, and memory stays bounded."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
import statistics
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from tests.attack.bystander import bystander
from tests.attack.programs import sign_up_at_backend
from tests.attack.world import Program, World
from tests.kit.people import Person

SLOWER_AT_MOST = 10  # times the quiet p99
FLOOR = 0.020  # seconds: below it a quotient of two p99 is noise of the machine
JUDGED = 100  # samples; fewer tell of the machine, not of the program
MEMORY = 300 * 1024 * 1024  # bytes
MOST_CALLS = 100  # of the site to its backend, the rest waits for one to end
DEADLINE = 10  # seconds a call may take in all
PAGE_MEANWHILE = 1.0  # seconds
ESTABLISHED = "01"  # as the kernel writes it
LINE = b"GET /login HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n"
POST = b"POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: %s\r\n"
URLENCODED = b"application/x-www-form-urlencoded"
LARGE = 15 * 1024 * 1024  # bytes
MULTIPART = b"multipart/form-data; boundary=edge"


async def idle_connections(program: Program, count: int) -> int:
    async with crowd(program, count, []):
        await expect_service(program)
    assert program.peak_memory < MEMORY, f"{program.peak_memory} bytes"
    return count


async def heads_that_drip(program: Program, count: int) -> int:
    async with crowd(program, count, [LINE % program.port, b"X-Slow: a", b"a", b"a", b"a"]):
        await expect_service(program)
    assert program.peak_memory < MEMORY, f"{program.peak_memory} bytes"
    return count


async def bodies_that_drip(program: Program, count: int) -> int:
    head = POST % (b"/login", program.port, URLENCODED) + b"Content-Length: 9000\r\n\r\n"
    async with crowd(program, count, [head, b"email=", b"a", b"a", b"a"]):
        await expect_service(program)
    assert program.peak_memory < MEMORY, f"{program.peak_memory} bytes"
    return count


async def bodies_that_never_come(world: World, count: int) -> int:
    """As many connections as there may be, each announcing a body of which nothing follows."""
    head = POST % (b"/login", world.site.port, MULTIPART) + b"Content-Length: 10\r\n\r\n"
    async with bystander(world), crowd(world.site, count, [head]):
        await asyncio.sleep(5)
    return count


async def slow_readers_of_a_file(world: World, count: int) -> int:
    """A large file of the backend's, asked for over many connections and read from none."""
    assert world.backend
    session = await sign_up_at_backend(world.backend, Person("mallory@example.com", "Mallory"))
    async with world.client(session) as client:
        form = {"file": ("large", b"a" * LARGE, "image/webp")}
        query = {"bucket": "root", "fileName": "large"}
        path = (await client.post("/storage/bucket/upload-formdata", params=query, files=form)).body["publicPath"]
    head = b"GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n" % (urlsplit(path).path.encode(), world.backend.port)
    async with bystander(world), crowd(world.backend, count, [head + b"\r\n"]):
        await asyncio.sleep(5)
    return count


async def a_header_of_20_mb(program: Program, count: int) -> int:
    for _ in range(count):
        sent = await pours(program, LINE % program.port + b"X-Long: ", 20 * 1024 * 1024)
        assert sent < 5 * 1024 * 1024, f"{sent} bytes of a header were taken"
    await expect_service(program)
    return count


async def uploads_of_100_mb(program: Program, count: int, cookie: bytes) -> int:
    """Refused by their length, and cut off where they do not tell it."""
    size = 100 * 1024 * 1024
    head = POST % (b"/profile/avatar", program.port, MULTIPART) + b"Cookie: " + cookie + b"\r\n"
    for number in range(count):
        is_chunked = number % 2 == 0
        length = b"Transfer-Encoding: chunked" if is_chunked else b"Content-Length: %d" % size
        await pours(program, head + length + b"\r\n\r\n", size, chunked=is_chunked)
    await expect_service(program)
    assert program.peak_memory < MEMORY, f"{program.peak_memory} bytes"
    return count


async def log_ins_at_once(program: Program, count: int) -> int:
    async def storm() -> None:
        async with open_browser(program) as http:
            fields = [{"email": f"nobody{n}@example.com", "password": "wrong"} for n in range(count)]
            answers = await asyncio.gather(*(http.post("/login", data=typed) for typed in fields))
            assert {answer.status_code for answer in answers} <= {422, 429, 503}

    await expect_service(program, storm)
    assert program.peak_memory < MEMORY, f"{program.peak_memory} bytes"
    return count


async def calls_under_way(world: World, count: int, cookie: str) -> int:
    """The backend stands still, and very many ask the site: it holds a bounded number of calls, answers each within the
    deadline, serves pages that need no backend meanwhile, and everybody once the backend goes on."""
    assert world.backend
    async with open_browser(world.site) as http:
        asked = [partial(http.get, "/profile", headers={"Cookie": cookie}) for _ in range(count)]
        with stand_still(world.backend):
            asking = asyncio.gather(*(ask() for ask in asked))
            await asyncio.sleep(2)
            calls = connections_to(world.backend)
            assert 0 < calls <= MOST_CALLS, f"{calls} calls under way"
            assert await p99(world.site) < PAGE_MEANWHILE
            answers = await asyncio.wait_for(asking, 3 * DEADLINE)
        assert {answer.status_code for answer in answers} == {503}
        assert (await asked[0]()).status_code == 200
    assert world.site.peak_memory < MEMORY, f"{world.site.peak_memory} bytes"
    return count


@contextmanager
def stand_still(program: Program) -> Iterator[None]:
    """Its connections are taken by the system, and nothing is read from them."""
    os.kill(program.pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(program.pid, signal.SIGCONT)


def connections_to(program: Program) -> int:
    """How many of this machine are established to its port."""
    ending = f":{program.port:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(1 for row in rows if row[2].endswith(ending) and row[3] == ESTABLISHED)


async def registrations(program: Program, count: int) -> int:
    async def flood() -> None:
        async with open_browser(program) as http:
            for first in range(0, count, 50):
                people = [Person(f"crowd{number}@example.com", "Crowd") for number in range(first, first + 50)]
                await asyncio.gather(*(join(http, person) for person in people))

    await expect_service(program, flood)
    assert program.peak_memory < MEMORY, f"{program.peak_memory} bytes"
    return count


async def join(http: httpx.AsyncClient, person: Person) -> None:
    typed = {"email": person.email, "name": person.name, "password": person.password}
    assert (await http.post("/register", data=typed)).status_code in (303, 429, 503)


# Being served meanwhile


async def expect_service(program: Program, meanwhile: Callable[[], Awaitable[None]] | None = None) -> None:
    """Pages answer, and their p99 is at most ten times that of a quiet moment."""
    quiet = program.quiet_p99 or FLOOR
    task = asyncio.ensure_future(meanwhile()) if meanwhile else None
    busy = await p99(program, until=task)
    if task:
        await task
    is_slow = busy > SLOWER_AT_MOST * max(quiet, FLOOR) and program.samples >= JUDGED
    assert not is_slow, f"p99 {busy * 1000:.0f} ms, when quiet {quiet * 1000:.0f} ms"


async def p99(program: Program, until: asyncio.Future[None] | None = None) -> float:
    took: list[float] = []
    async with open_browser(program) as http:
        while len(took) < program.samples or (until and not until.done()):
            began = time.perf_counter()
            assert (await http.get("/login")).status_code == 200
            took.append(time.perf_counter() - began)
            await asyncio.sleep(0.005)
    return statistics.quantiles(took, n=100)[98]


def open_browser(program: Program) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=program.url, timeout=120, limits=httpx.Limits(max_connections=None))


@asynccontextmanager
async def crowd(program: Program, count: int, pieces: list[bytes]) -> AsyncIterator[None]:
    """As many connections as the system allows this process, each of which sends its pieces with pauses."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    writers = [writer for writer in [await connect(program) for _ in range(count)] if writer]
    dripping = asyncio.ensure_future(drip(writers, pieces))
    try:
        yield
    finally:
        dripping.cancel()
        for writer in writers:
            writer.transport.abort()


async def connect(program: Program) -> asyncio.StreamWriter | None:
    try:
        _, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", program.port), 5)
    except (OSError, TimeoutError):
        return None
    return writer


async def drip(writers: list[asyncio.StreamWriter], pieces: list[bytes]) -> None:
    for piece in pieces:
        for writer in writers:
            with contextlib.suppress(ConnectionError):
                writer.write(piece)
        await asyncio.sleep(0.3)


async def pours(program: Program, head: bytes, size: int, *, chunked: bool = False) -> int:
    """Sends until it is stopped; how many bytes it could."""
    _, writer = await asyncio.open_connection("127.0.0.1", program.port)
    block, sent = b"a" * 65_536, 0
    with contextlib.suppress(ConnectionError, TimeoutError):
        writer.write(head)
        while sent < size:
            writer.write(b"%x\r\n%s\r\n" % (len(block), block) if chunked else block)
            await asyncio.wait_for(writer.drain(), 10)
            sent += len(block)
    writer.transport.abort()
    return sent
