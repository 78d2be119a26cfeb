"""The client goes in the middle, or is so slow that it hardly comes: others are served, and nothing is half done."""

from __future__ import annotations

import asyncio
import contextlib
import time

from tests.faults.collisions import photos_of
from tests.faults.logs import readable
from tests.faults.people import Resident, somebody
from tests.faults.ways_to_break import Resets, Silent, Truncates
from tests.faults.world import Breakable
from tests.kit.photo_files import photo

GIVEN_UP = 45.0  # seconds: the grace of a body is twenty, and then it is looked at every ten
EDGE = b'--edge\r\nContent-Disposition: form-data; name="avatar"; filename="me.png"\r\nContent-Type: image/png\r\n\r\n'
URLENCODED, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=edge"


async def gone_in_the_middle(world: Breakable) -> int:
    """Of the head, of the body, of an upload, and before the answer."""
    async with world.browser(person := somebody()) as browser:
        ada = Resident(browser, person.name)
        form, upload = encode_post(world, ada, b"name=Half+a+na", URLENCODED, 40), an_upload(world, ada)
        ada.maybe |= {"Whole"}
        whole = encode_post(world, ada, b"name=Whole", URLENCODED, 10)
        pieces = [form[:40], form, upload[: len(upload) // 2], upload[:-10], upload, whole]
        with readable(world):
            await asyncio.gather(*(goes_after(world, piece) for piece in pieces for _ in range(10)))
            await ada.finds_everything()
        return 10 * len(pieces)


async def line_breaks(world: Breakable) -> int:
    """Whoever got no answer can send the form again."""
    async with world.browser(person := somebody()) as browser:
        ada = Resident(browser, person.name)
        with readable(world):
            for way in (Truncates(), Resets(), Silent()):
                with world.line_to_site.breaks(way), contextlib.suppress(TimeoutError):
                    assert await asyncio.wait_for(ada.renames(), 2) == 0
                await ada.finds_everything()
        return 3


async def slow_but_honest(world: Breakable) -> int:
    """An upload over three seconds is an upload."""
    async with world.browser(person := somebody()) as browser:
        ada = Resident(browser, person.name)
        upload = an_upload(world, ada)
        with readable(world):
            reader, writer = await asyncio.open_connection("127.0.0.1", world.line_to_site.port)
            for start in range(0, len(upload), len(upload) // 10 + 1):
                writer.write(upload[start : start + len(upload) // 10 + 1])
                await asyncio.sleep(0.3)
            assert (await reader.readline()).startswith(b"HTTP/1.1 303 ")
            writer.close()
            await ada.finds_everything()
            assert photos_of(browser)
        return 1


async def never_ending(world: Breakable) -> int:
    """Refused in words when its time is over; everybody else is served meanwhile."""
    async with world.browser(person := somebody()) as browser:
        ada = Resident(browser, person.name)
        with readable(world):
            form = encode_post(world, ada, b"name=", URLENCODED, 9000)
            dripping = [asyncio.create_task(drips(world, form)) for _ in range(100)]
            await asyncio.sleep(1)
            await ada.finds_everything()
            assert set(await asyncio.gather(*dripping)) == {b"HTTP/1.1 408 Request Timeout\r\n"}
            await ada.finds_everything()
        return len(dripping)


def encode_post(
    world: Breakable, ada: Resident, body: bytes, kind: str, length: int, path: str = "/profile/name"
) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{world.line_to_site.port}\r\nCookie: session={ada.cookie}\r\n"
    return f"{head}Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n".encode() + body


def an_upload(world: Breakable, ada: Resident) -> bytes:
    body = EDGE + photo(size=(600, 400))[1] + b"\r\n--edge--\r\n"
    return encode_post(world, ada, body, MULTIPART, len(body), "/profile/avatar")


async def goes_after(world: Breakable, piece: bytes) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", world.line_to_site.port)
    writer.write(piece)
    await writer.drain()
    await asyncio.sleep(0.05)
    writer.transport.abort()


async def drips(world: Breakable, form: bytes) -> bytes:
    """What it is told at last."""
    reader, writer = await asyncio.open_connection("127.0.0.1", world.line_to_site.port)
    writer.write(form)
    answer, deadline = asyncio.create_task(reader.readline()), time.monotonic() + GIVEN_UP
    with contextlib.suppress(ConnectionError):
        while not answer.done():
            assert time.monotonic() < deadline, "it may drip for ever"
            writer.write(b"a")
            await asyncio.sleep(0.5)
    writer.close()
    return await answer
