"""Static files, served from memory under names that carry a hash of their content, so that browsers may keep them."""

import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

ROOT = Path(__file__).resolve().parent.parent
SOURCES = {
    "site.css": ROOT / "static" / "site.css",
    "site.js": ROOT / "static" / "site.js",
    "favicon.svg": ROOT / "static" / "favicon.svg",
    "htmx.js": ROOT / "node_modules" / "htmx.org" / "dist" / "htmx.min.js",  # from npm, never in the repository
}


@dataclass(frozen=True)
class Asset:
    url: str
    content: bytes
    media_type: str


class Assets:
    """Raises FileNotFoundError when htmx has not been fetched (`make run` fetches it)."""

    def __init__(self) -> None:
        self.by_name = {name: _asset(name, path.read_bytes()) for name, path in SOURCES.items()}
        self.by_url = {asset.url: asset for asset in self.by_name.values()}

    def url(self, name: str) -> str:
        return self.by_name[name].url

    async def serve(self, request: Request[Any]) -> Response:
        asset = self.by_url.get(request.url.path)
        if asset is None:
            raise HTTPException(404)
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(asset.content, media_type=asset.media_type, headers=headers)


def _asset(name: str, content: bytes) -> Asset:
    stem, _dot, ending = name.rpartition(".")
    version = hashlib.sha256(content).hexdigest()[:12]
    media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Asset(f"/static/{stem}.{version}.{ending}", content, media_type)
