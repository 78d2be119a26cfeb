"""How much a first visit has to fetch, and that it is fetched in as few bytes as the browser takes."""

import gzip

import brotli
import httpx
import pytest

from tests.kit.markup import parse

BUDGET = 30_000  # bytes over the wire, answers' heads included
SCRIPT = 5_000  # bytes of ours beside htmx, as they are sent
BROWSERS = {"Accept-Encoding": "gzip, deflate, br, zstd"}


async def test_a_first_visit_of_the_log_in_is_light(plain: httpx.AsyncClient) -> None:
    page = parse((await plain.get("/login")).text)
    files = [link.get("href") for link in page.all("link[rel=stylesheet]")]
    files += [script.get("src") for script in page.all("script[src]")]
    assert len(files) + 1 <= 4
    assert not page.all("img, link[rel=preload], iframe, object, embed")
    assert sum([await weight(plain, path) for path in ["/login", *files]]) <= BUDGET


async def test_our_script_is_small(plain: httpx.AsyncClient) -> None:
    page = parse((await plain.get("/login")).text)
    (ours,) = (script.get("src") for script in page.all("script[src]") if "site." in script.get("src"))
    assert await weight(plain, ours) <= SCRIPT


@pytest.mark.parametrize(
    ("asked", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP;q=0.5, br;q=0", "gzip"),
        ("br ; q=0.000, gzip; q=0", ""),
        ("", ""),
        ("identity", ""),
        ("zstd", ""),
        (",;q=,;;br", "br"),
    ],
)
async def test_a_file_comes_in_a_coding_that_was_asked_for(plain: httpx.AsyncClient, asked: str, coding: str) -> None:
    page = parse((await plain.get("/login")).text)
    (style,) = (link.get("href") for link in page.all("link[rel=stylesheet]"))
    async with plain.stream("GET", style, headers={"Accept-Encoding": asked}) as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers.get("content-encoding", "") == coding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert answer.headers["content-length"] == str(len(raw))
    decoded = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[coding](raw)
    assert decoded.startswith(b"/* One calm column")


async def weight(plain: httpx.AsyncClient, path: str) -> int:
    async with plain.stream("GET", path, headers=BROWSERS) as answer:
        head = sum(len(name) + len(value) + 4 for name, value in answer.headers.raw)
        return head + sum([len(chunk) async for chunk in answer.aiter_raw()])
