"""Static files: joined, compressed and served from memory under names that carry a hash of their content.

Browsers may keep such a file for good, because a file with another content has another name. Every page loads one style
sheet and one script, each joined at start from the files of its folder, and the pages of whoever is logged in one
script more: a first visit of the log-in fits into the first window of a connection, and needs to. A script for certain
pages only stands beside these folders and is named by the templates that need it.

The files are compressed once, right after the program has started. Pages are not compressed: their length would tell
what else is in them to somebody who makes a browser request them again and again (BREACH).
"""

import gzip
import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import brotli
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from branding.fonts import Font, write_font_css
from branding.icons import draw_svg
from branding.palette import OURS, Palette, write_css

ROOT = Path(__file__).resolve().parent.parent.parent
CSS, JS = ROOT / "static" / "css", ROOT / "static" / "js"
HTMX = ROOT / "node_modules" / "htmx.org" / "dist" / "htmx.min.js"  # from npm, never in the repository
STYLE_ORDER = (
    "tokens",
    "base",
    "frame",
    "owner",
    "parts",
    "forms",
    "buttons",
)  # then the rooms: a later rule beats its equals
FIRST_SCRIPT = "page.js"  # has what the others use

SVG = "image/svg+xml"
KINDS = {"css": "text/css", "js": "text/javascript", "svg": SVG, "png": "image/png", "woff2": "font/woff2"}
PACKED = (KINDS["png"], KINDS["woff2"])  # compressed already
SVG_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"  # it draws, and does nothing else
BLOCK = rb"/\*(?:(?!\*/).)*\*/"
COMMENT = re.compile(rb"^[ \t]*//[^\n]*\n|^[ \t]*%b[ \t]*\n|[ \t]+%b(?=\n)" % (BLOCK, BLOCK), re.MULTILINE | re.DOTALL)
MAX_HEADER_LENGTH = 200  # characters; browsers send 30
CODING = re.compile(r"([^,;]+)(;\s*q=0(?:\.0*)?\s*(?=,|$))?[^,]*")


@dataclass(frozen=True)
class Asset:
    """A static file, its address, and its content as the browser is to see it."""

    url: str
    content: bytes
    media_type: str

    def negotiate(self, accept_encoding: str) -> tuple[str, bytes]:
        """Choose by an Accept-Encoding header (RFC 9110, 12.5.3); return the name of the coding and the bytes in it."""
        if self.media_type in PACKED:
            return "identity", self.content
        codings = CODING.findall(accept_encoding[:MAX_HEADER_LENGTH].lower())
        accepted = {coding.strip() for coding, is_refused in codings if not is_refused} | {"identity"}
        return next((coding, encoded) for coding, encoded in compress(self.content).items() if coding in accepted)


class Assets:
    """All static files, in the colours of a palette; `owned` are the owner's, by their names, and `fonts`.

    Raises FileNotFoundError when htmx has not been fetched (`make run` fetches it).
    """

    def __init__(
        self,
        palette: Palette = OURS,
        owned: Mapping[str, bytes] = MappingProxyType({}),
        fonts: Sequence[Font] = (),
    ) -> None:
        of_fonts = {font.name: make_asset(font.name, font.content) for font in fonts}
        contents = {
            "site.css": join_styles(palette, fonts, lambda name: of_fonts[name].url),
            "site.js": b"\n".join([HTMX.read_bytes(), join_scripts("site")]),
            "account.js": join_scripts("account"),
            **{path.name: wrap_script(path) for path in JS.glob("*.js")},
            "favicon.svg": draw_svg(palette),
            **owned,
        }
        self.by_name = {**{name: make_asset(name, content) for name, content in contents.items()}, **of_fonts}
        self.by_url = {asset.url: asset for asset in self.by_name.values()}

    def compress(self) -> None:
        """Compress all files now, so that no visitor waits for it."""
        for asset in self.by_name.values():
            if asset.media_type not in PACKED:
                compress(asset.content)

    def url(self, name: str) -> str:
        """Return the address of a file, such as /static/site.3f2a0c9d1b7e.css for `site.css`."""
        return self.by_name[name].url

    async def serve(self, request: Request[Any]) -> Response:
        """Answer a request for a file by its name with the hash; 404 for any other name."""
        asset = self.by_url.get(request.url.path)
        if asset is None:
            raise HTTPException(404)
        coding, content = asset.negotiate(request.headers.get("accept-encoding", ""))
        headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
        if asset.media_type == SVG:
            headers["Content-Security-Policy"] = SVG_POLICY
        if coding != "identity":
            headers["Content-Encoding"] = coding
        return Response(content, media_type=asset.media_type, headers=headers)


def join_styles(palette: Palette, fonts: Sequence[Font], url_of: Callable[[str], str]) -> bytes:
    """Join static/css in the order of the cascade; what is the owner's comes last."""
    paths = [*(CSS / f"{name}.css" for name in STYLE_ORDER), *sorted(CSS.glob("rooms/*.css"))]
    own = ["" if palette is OURS else write_css(palette), write_font_css(fonts, url_of) if fonts else ""]
    return b"\n".join([*map(read_without_comments, paths), *(rules.encode() for rules in own if rules)])


def join_scripts(folder: str) -> bytes:
    """Join static/js/<folder>, in which the first script comes first, if it has one, and the order of the others is
    free."""
    paths = sorted(JS.glob(f"{folder}/*.js"), key=lambda path: (path.name != FIRST_SCRIPT, path.name))
    return b"\n".join(map(wrap_script, paths))


def wrap_script(path: Path) -> bytes:
    """Read a script and put a function around it, so that its names are its own. Modules would do the same, but each
    imported file is one request more."""
    return b"(() => {\n%b})();\n" % read_without_comments(path)


def read_without_comments(path: Path) -> bytes:
    """Read a style sheet or a script without what is meant for its authors: a fifth of what a first visit would fetch.

    A comment has lines of its own, or stands at the end of one as `/* ... */`.
    """
    return COMMENT.sub(b"", path.read_bytes())


def make_asset(name: str, content: bytes) -> Asset:
    """Name a file by its content: the hash stands before the ending, which tells the kind."""
    stem, _dot, ending = name.rpartition(".")
    version = hashlib.sha256(content).hexdigest()[:12]
    return Asset(f"/static/{stem}.{version}.{ending}", content, KINDS[ending])


@cache
def compress(content: bytes) -> dict[str, bytes]:
    """Return the content by the names of the codings we offer, smallest first; `identity` is the content as it is."""
    compressed = {"br": brotli.compress(content), "gzip": gzip.compress(content, mtime=0)}
    return {**compressed, "identity": content}
