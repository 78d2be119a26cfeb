"""What a browser fetches at a first visit of a page."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from tests.kit.load import Request
from tests.kit.markup import parse

LINKED = "link[rel=stylesheet], link[rel=icon], script[src], img[src]"
CODINGS = {"Accept-Encoding": "gzip, deflate, br, zstd"}


@dataclass(frozen=True)
class FirstVisit:
    """`bytes_`: over the wire, heads of the answers included."""

    requests: int
    bytes_: int


def visit(url: str, asked: Request) -> FirstVisit:
    """Fetch a page and what it links."""
    with httpx.Client(base_url=url, headers={**asked.headers, **CODINGS}, trust_env=False) as http:
        elements = parse(http.get(asked.path).text).all(LINKED)
        paths = [asked.path, *(element.get("href") or element.get("src") for element in elements)]
        return FirstVisit(len(paths), sum(_weigh(http, path) for path in paths))


def _weigh(http: httpx.Client, path: str) -> int:
    with http.stream("GET", path) as answer:
        answer.raise_for_status()
        head = sum(len(name) + len(value) + 4 for name, value in answer.headers.raw)
        return head + sum(len(chunk) for chunk in answer.iter_raw())
