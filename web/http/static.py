"""Static files, served from memory under names that carry a hash of their content, so that browsers may keep them.

They are compressed once, as soon as the program has started. Pages are not: compressed, what a stranger makes them
repeat would tell by their length what else is in them (BREACH).
"""

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import brotli
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCES = {
    "site.css": ROOT / "static" / "site.css",
    "site.js": ROOT / "static" / "site.js",
    "favicon.svg": ROOT / "static" / "favicon.svg",
    "htmx.js": ROOT / "node_modules" / "htmx.org" / "dist" / "htmx.min.js",  # from npm, never in the repository
}

LONGEST_HEADER = 200  # characters; browsers send 30
CODING = re.compile(r"([^,;]+)(;\s*q=0(?:\.0*)?\s*(?=,|$))?[^,]*")


@dataclass(frozen=True)
class Asset:
    url: str
    content: bytes
    media_type: str

    @cached_property
    def encoded(self) -> dict[str, bytes]:
        """By the names of content codings, the smallest first; the last is as it is."""
        compressed = {"br": brotli.compress(self.content), "gzip": gzip.compress(self.content, mtime=0)}
        return {**compressed, "identity": self.content}

    def accepted(self, header: str) -> tuple[str, bytes]:
        """By an Accept-Encoding header (RFC 9110, 12.5.3)."""
        codings = CODING.findall(header[:LONGEST_HEADER].lower())
        wanted = {coding.strip() for coding, refused in codings if not refused}
        return next((name, content) for name, content in self.encoded.items() if name in {*wanted, "identity"})


class Assets:
    """Raises FileNotFoundError when htmx has not been fetched (`make run` fetches it)."""

    def __init__(self) -> None:
        self.by_name = {name: _asset(name, path.read_bytes()) for name, path in SOURCES.items()}
        self.by_url = {asset.url: asset for asset in self.by_name.values()}

    def compress(self) -> None:
        """So that no visitor waits for it."""
        for asset in self.by_name.values():
            _ = asset.encoded

    def url(self, name: str) -> str:
        return self.by_name[name].url

    async def serve(self, request: Request[Any]) -> Response:
        asset = self.by_url.get(request.url.path)
        if asset is None:
            raise HTTPException(404)
        coding, content = asset.accepted(request.headers.get("accept-encoding", ""))
        headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
        if coding != "identity":
            headers["Content-Encoding"] = coding
        return Response(content, media_type=asset.media_type, headers=headers)


def _asset(name: str, content: bytes) -> Asset:
    stem, _dot, ending = name.rpartition(".")
    version = hashlib.sha256(content).hexdigest()[:12]
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Asset(f"/static/{stem}.{version}.{ending}", content, media_type)
