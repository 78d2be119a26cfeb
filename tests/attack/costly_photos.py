"""Photos that cost as much as a file can: others still get pages and their own photos, and memory stays bounded."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from tests.attack.bystander import bystander
from tests.attack.exhaustion import join
from tests.attack.world import Program, World
from tests.kit.child_processes import list_children
from tests.kit.people import Person
from tests.kit.photo_files import encode_image, many_scans, slowest, webp_that_claims

MEMORY = 300 * 1024 * 1024  # bytes, of the site's process and its decoder together
KEPT_WAITING = 2.0  # seconds, at most, by what one stranger sends
OWN_PHOTO = 1.0  # seconds that a photo takes of itself, where pages and strangers want the cores too


async def photos_that_take_all_they_may(world: World, times: int) -> int:
    """One stranger sends the slowest that the decoder begins, without a pause; somebody else's photo comes between."""
    slow = slowest()
    async with people(world, 2) as (stranger, newcomer), bystander(world):
        sending = asyncio.ensure_future(_send_again_and_again(stranger, slow))
        try:
            for _ in range(times):
                await asyncio.sleep(0.5)
                took, answer = await _time(_post(newcomer, _small()))
                assert answer.status_code == 303, answer.status_code
                assert took < KEPT_WAITING + OWN_PHOTO, f"another's photo took {took:.1f} s"
        finally:
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sending
    return times


async def photos_of_a_hundred_scans_and_more(world: World, times: int) -> int:
    """Thousands in a small file: refused before they are decoded."""
    many = many_scans(40_000)
    async with people(world, 1) as (stranger,), bystander(world):
        for _ in range(times):
            answer = await _post(stranger, many)
            assert (answer.status_code, "40000 layers" in answer.text) == (422, True), answer.status_code
    return times


async def the_most_memory_of_every_mode(world: World, times: int) -> int:
    """As many pixels as are taken of each kind, and claims of many more."""
    async with people(world, 1) as (stranger,), memory_of(world.site) as memory:
        for name, make in list(_largest().items())[: times or None]:
            memory.clear()
            answer = await _post(stranger, make())
            assert answer.status_code in (303, 422), f"{name}: {answer.status_code}"
            assert max(memory) < MEMORY, f"{name}: {max(memory) // 2**20} MiB"
    return times


async def many_uploads_at_once(world: World, times: int) -> int:
    """By one person on many connections, and by many people: some are told to wait, nobody harms others."""
    noise = encode_image(Image.effect_noise((4_000, 3_000), 60).convert("RGB"), "JPEG", quality=95)
    async with people(world, times) as crowd, bystander(world), memory_of(world.site) as memory:
        for senders in (crowd[:1] * times, crowd):
            answers = await asyncio.gather(*(_post(sender, noise) for sender in senders))
            statuses = {answer.status_code for answer in answers}
            assert 303 in statuses <= {303, 503}, statuses
        assert max(memory) < MEMORY, f"{max(memory) // 2**20} MiB"
    return 2 * times


def _largest() -> dict[str, Callable[[], bytes]]:
    def filled(kind: str, mode: str, size: tuple[int, int], **options: Any) -> Callable[[], bytes]:
        return lambda: encode_image(_gradient(mode, size), kind, **options)

    quick = {"compress_level": 1}
    return {
        "RGBA PNG": filled("PNG", "RGBA", (6_000, 6_000), **quick),
        "lossy WebP": filled("WEBP", "RGB", (4_160, 3_120), quality=60, method=0),
        "WebP that claims much": lambda: webp_that_claims(16_383, 16_383),
        "JPEG in layers": filled("JPEG", "RGB", (6_000, 4_000), progressive=True, subsampling=0, quality=60),
        "lossless WebP": filled("WEBP", "RGBA", (4_000, 3_000), lossless=True, method=0, quality=0),
        "AVIF": filled("AVIF", "RGBA", (4_160, 3_120), speed=10),
        "LA PNG": filled("PNG", "LA", (6_000, 6_000), **quick),
        "16 bits PNG": filled("PNG", "I;16", (6_000, 6_000), **quick),
        "palette PNG": filled("PNG", "P", (6_300, 6_300), **quick),
        "1 bit PNG": filled("PNG", "1", (6_300, 6_300), **quick),
        "RGB PNG": filled("PNG", "RGB", (6_000, 6_000), **quick),
        "JPEG of 250 megapixels": filled("JPEG", "RGB", (18_000, 13_800), quality=20),
        "CMYK JPEG": filled("JPEG", "CMYK", (12_000, 9_000), quality=30),
        "CMYK JPEG in layers": filled("JPEG", "CMYK", (5_000, 4_000), progressive=True, quality=60),
        "grey JPEG": filled("JPEG", "L", (15_000, 15_000), quality=30),
        "JPEG of a wide view": filled("JPEG", "RGB", (60_000, 1_000), quality=30),
        "moving WebP": lambda: encode_image(
            _gradient("RGB", (2_000, 2_000)), "WEBP", save_all=True, append_images=[Image.new("RGB", (2_000, 2_000))]
        ),
        "HEIC": filled("HEIF", "RGB", (4_032, 3_024), quality=20, preset="ultrafast"),
    }


def _gradient(mode: str, size: tuple[int, int]) -> Image.Image:
    plain = Image.linear_gradient("L").resize(size)
    if mode == "I;16":
        return plain.convert("I").point(lambda value: value * 257).convert("I;16")
    if mode in ("LA", "RGBA"):
        image = plain.convert(mode)
        image.putalpha(plain)
        return image
    return plain.convert(mode)


def _small() -> bytes:
    return encode_image(Image.linear_gradient("L").convert("RGB"), "JPEG")


async def _send_again_and_again(http: httpx.AsyncClient, content: bytes) -> None:
    while True:
        answer = await _post(http, content)
        assert answer.status_code in (422, 503), answer.status_code


@asynccontextmanager
async def people(world: World, count: int) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Browsers of as many people, who have joined where no address need be confirmed."""
    async with AsyncExitStack() as browsers:
        crowd = []
        for number in range(count):
            limits = httpx.Limits(max_connections=None)
            http = await browsers.enter_async_context(httpx.AsyncClient(base_url=world.site.url, limits=limits))
            await join(http, Person(f"crowd{number}@example.com", "Crowd"))
            crowd.append(http)
        yield crowd


async def _post(http: httpx.AsyncClient, content: bytes) -> httpx.Response:
    return await http.post("/profile/avatar", files={"avatar": ("photo", content)}, timeout=300)


async def _time(answer: Any) -> tuple[float, httpx.Response]:
    began = time.perf_counter()
    given = await answer
    return time.perf_counter() - began, given


@asynccontextmanager
async def memory_of(program: Program) -> AsyncIterator[list[int]]:
    """Bytes that its process and those it started hold, again and again."""
    samples = [0]
    pid, ended = program.pid, asyncio.Event()

    def sample() -> None:
        while not ended.is_set():
            samples.append(sum(_resident(each) for each in (pid, *list_children(pid))))
            time.sleep(0.004)

    sampling = asyncio.ensure_future(asyncio.to_thread(sample))
    try:
        yield samples
    finally:
        ended.set()
        await sampling


def _resident(pid: int) -> int:
    with contextlib.suppress(OSError):
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS"))
    return 0
