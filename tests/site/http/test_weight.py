"""How much a first visit has to fetch, and that it is fetched in as few bytes as the browser takes."""

import gzip
import re
from pathlib import Path

import brotli
import httpx
import pytest

from tests.kit.markup import Document, parse
from tests.kit.people import ADA, joins
from tests.kit.visitor import Visitor
from web.http.static import ROOT, Assets, read_without_comments

BUDGET = 30_000  # bytes over the wire, answers' heads included
REQUESTS = 4  # page, style sheet, script (htmx is in it) and icon
FIRST_WINDOW = 14_600  # bytes that a server may send before it has heard from the browser: RFC 6928
ADDED_BY_SERVER = len("HTTP/1.1 200 OK\r\ndate: Mon, 30 Nov 2026 12:00:00 GMT\r\n\r\n")
BROWSERS = {"Accept-Encoding": "gzip, deflate, br, zstd"}
STATIC = ROOT / "static"


async def test_a_first_visit_of_the_log_in_is_light(plain: httpx.AsyncClient) -> None:
    page = parse((await plain.get("/login")).text)
    paths = ["/login", *linked(page)]
    assert len(paths) <= REQUESTS
    assert not page.all("img, link[rel=preload], iframe, object, embed")
    assert sum([await weight(plain, path) for path in paths]) <= BUDGET


async def test_no_file_of_a_first_visit_needs_a_second_round_trip(plain: httpx.AsyncClient) -> None:
    page = parse((await plain.get("/login")).text)
    for path in ["/login", *linked(page)]:
        assert await weight(plain, path) <= FIRST_WINDOW, path


async def test_scripts_for_some_pages_are_loaded_there_alone(visitor: Visitor) -> None:
    await visitor.opens("/login")
    assert scripts(visitor.html) == ["site"]
    await visitor.opens("/register")
    assert scripts(visitor.html) == ["site", "password"]
    await joins(visitor, ADA)
    assert visitor.path == "/profile"
    assert scripts(visitor.html) == ["site", "account", "photo", "password"]


@pytest.mark.parametrize("name", ["site.css", "site.js", "account.js"])
def test_every_file_of_a_folder_is_in_what_the_pages_load(name: str) -> None:
    content = Assets().by_name[name].content
    folder = STATIC / "css" if name.endswith("css") else STATIC / "js" / name.removesuffix(".js")
    paths = list(folder.rglob("*.*"))
    assert paths
    assert [path.name for path in paths if read_without_comments(path) not in content] == []


@pytest.mark.parametrize("name", ["site.css", "password.js", "photo.js"])
def test_what_is_meant_for_authors_stays_with_them(name: str) -> None:
    content = Assets().by_name[name].content.decode()
    assert re.search(r"/\*|\*/|^\s*//", content, re.MULTILINE) is None


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("/* One\n   two. */\n\na { b: c; }  /* d */\n", "\na { b: c; }\n"),
        ('// One\n"use strict";\n  /** Two.\n      three */\n  a();\n', '"use strict";\n  a();\n'),
        ('a("https://b", /c*/g); // d\n', 'a("https://b", /c*/g); // d\n'),
        ('a { b: "/*"; }\n', 'a { b: "/*"; }\n'),
        ("a { /* b */ c: d; }\ne { f: g; }\n/* h */\n", "a { /* b */ c: d; }\ne { f: g; }\n"),
        ("/* a */ b { c: d; }\ne { f: g; } /* h */\n", "/* a */ b { c: d; }\ne { f: g; }\n"),
    ],
)
def test_nothing_but_comments_is_left_out(tmp_path: Path, written: str, sent: str) -> None:
    path = tmp_path / "file"
    path.write_text(written, "utf-8")
    assert read_without_comments(path).decode() == sent


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
    assert b":root {" in decoded[:20]


def linked(page: Document) -> list[str]:
    """The files that a browser fetches with the page."""
    links = page.all("link[rel=stylesheet], link[rel=icon]")
    return [link.get("href") for link in links] + [script.get("src") for script in page.all("script[src]")]


def scripts(page: Document) -> list[str]:
    """Their names without folder, hash and ending."""
    return [script.get("src").split("/")[-1].split(".")[0] for script in page.all("script[src]")]


async def weight(plain: httpx.AsyncClient, path: str) -> int:
    async with plain.stream("GET", path, headers=BROWSERS) as answer:
        head = sum(len(name) + len(value) + 4 for name, value in answer.headers.raw)
        return ADDED_BY_SERVER + head + sum([len(chunk) async for chunk in answer.aiter_raw()])
