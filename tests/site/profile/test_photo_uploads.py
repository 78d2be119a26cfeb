"""The process that decodes a photo, with its limits, and the turns that uploads take."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

import pytest

from tests.kit.child_processes import list_children
from tests.kit.people import ADA, joins, sends_photo
from tests.kit.photo_files import encode_image, halves, many_scans, slowest
from tests.kit.serving import ROOT
from tests.kit.visitor import Visitor
from web.photos.decoder.refusal import DAMAGED, TOO_COSTLY, PhotoRefused
from web.photos.uploads import MOST_OF_ONE, MOST_UPLOADS, PhotoUploads, TooManyUploads

TOO_LONG = "This photo takes too long to open. Save it again as a JPG, or choose another one."
BUSY = "Your photo wasn’t saved because other photos are still being uploaded. Try again in a moment."
SMALL = encode_image(halves(), "PNG")
LIMITS = "from web.photos.decoder.process_limits import bound_this_process, forbid_new_files\n"


async def test_a_photo_that_takes_too_long_is_ended_and_told_so(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await sends_photo(visitor, ("slow.jpg", slowest(), "image/jpeg"))
    assert (visitor.status, visitor.error("avatar")) == (422, TOO_LONG)
    await sends_photo(visitor, ("me.png", SMALL, "image/png"))
    assert visitor.status_message == "Photo saved."


async def test_no_process_is_left_behind() -> None:
    before = list_children()
    assert await decoded(SMALL)
    with pytest.raises(PhotoRefused, match=DAMAGED):
        await decoded(SMALL[:60])
    with pytest.raises(PhotoRefused, match=TOO_COSTLY):
        await decoded(slowest())
    for seconds in (0.0, 0.01, 0.2):  # before it is started, and while it works
        decoding = asyncio.ensure_future(decoded(many_scans(90, (3_000, 3_000), noise=10)))
        await asyncio.sleep(seconds)
        decoding.cancel()
        with pytest.raises(asyncio.CancelledError):
            await decoding
    assert list_children() <= before


async def decoded(content: bytes) -> bytes:
    with on_disk(content) as file:
        return await PhotoUploads().convert(file)


@contextmanager
def on_disk(content: bytes) -> Iterator[IO[bytes]]:
    with TemporaryFile() as file:
        file.write(content)
        file.seek(0)
        yield file


# Turns


async def test_a_person_uploads_one_photo_at_a_time_and_a_few_wait() -> None:
    uploads, order = PhotoUploads(), list[str]()

    async def upload(person: str) -> None:
        async with uploads.take_turn(person):
            order.append(f"{person} begins")
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            order.append(f"{person} ends")

    both = ["Ada begins", "Ada ends"]
    await asyncio.gather(upload("Ada"), upload("Ada"), upload("Grace"))
    assert [line for line in order if "Ada" in line] == both * 2
    assert order.index("Grace begins") < order.index("Ada ends")
    results = await asyncio.gather(*(upload("Ada") for _ in range(MOST_OF_ONE + 2)), return_exceptions=True)
    assert [type(result) for result in results] == [type(None)] * MOST_OF_ONE + [TooManyUploads] * 2
    await upload("Ada")


async def test_a_decode_that_has_had_its_share_makes_room_for_others() -> None:
    """However little of the processor it was given: here it is stopped altogether."""
    uploads, before = PhotoUploads(), list_children()

    async def convert(content: bytes) -> bytes:
        with on_disk(content) as file:
            return await uploads.convert(file)

    first = asyncio.ensure_future(convert(slowest()))
    while not (started := list_children() - before):  # noqa: ASYNC110  # nothing else tells
        await asyncio.sleep(0.01)
    for child in started:
        os.kill(child, signal.SIGSTOP)
    assert await convert(SMALL)
    with pytest.raises(TooManyUploads):
        await first
    assert list_children() <= before


async def test_so_many_uploads_are_under_way_and_no_more() -> None:
    uploads, release = PhotoUploads(), asyncio.Event()

    async def upload(person: str) -> None:
        async with uploads.take_turn(person):
            await release.wait()

    under_way = [asyncio.ensure_future(upload(f"person {number}")) for number in range(MOST_UPLOADS)]
    await asyncio.sleep(0)
    with pytest.raises(TooManyUploads):
        await upload("one more")
    release.set()
    await asyncio.gather(*under_way)
    await upload("one more")


async def test_who_sends_too_many_at_once_is_told_to_send_one_again(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    release = asyncio.Event()
    edge = "multipart/form-data; boundary=edge"

    async def body() -> AsyncIterator[bytes]:
        yield b'--edge\r\nContent-Disposition: form-data; name="avatar"; filename="me.png"\r\n\r\n' + SMALL[:50]
        await release.wait()
        yield SMALL[50:] + b"\r\n--edge--\r\n"

    send = [visitor.http.post("/profile/avatar", content=body(), headers={"Content-Type": edge}) for _ in range(3)]
    sending = [asyncio.ensure_future(each) for each in send]
    await asyncio.sleep(0.1)
    await sends_photo(visitor, ("me.png", SMALL, "image/png"))
    assert visitor.status == 503
    assert visitor.sees(BUSY)
    release.set()
    assert [answer.status_code for answer in await asyncio.gather(*sending)] == [303] * 3
    await visitor.opens("/profile")
    await sends_photo(visitor, ("me.png", SMALL, "image/png"))
    assert visitor.status_message == "Photo saved."


# Limits


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        ("forbid_new_files(); open('/etc/hostname')", "Too many open files"),
        ("import socket; forbid_new_files(); socket.socket()", "Too many open files"),
        ("bound_this_process(); bytearray(300_000_000)", "MemoryError"),
        ("bound_this_process(); open('large', 'wb').write(bytes(2_000_000))", "File too large"),
    ],
)
def test_the_decoder_cannot(act: str, expected: str, tmp_path: Path) -> None:
    ended = _run(LIMITS + act, tmp_path)
    assert (ended.returncode, expected in ended.stderr) == (1, True), ended


def test_the_decoder_ends_when_it_has_used_its_time(tmp_path: Path) -> None:
    assert _run(LIMITS + "bound_this_process()\nwhile True: pass", tmp_path).returncode == -signal.SIGPROF


def _run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {"PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
