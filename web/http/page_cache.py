"""A cache of the pages that are the same for every guest: the ways in, before anything is typed.

Only a request in which nothing is personal is answered from it. What these pages show besides, the settings and the
backend's capabilities, is the same for all; times are in none of them.
"""

from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.api.capabilities import Capabilities
from web.http.passkey_origin import find_other_origin
from web.http.signed_cookies import read_cookies
from web.i18n.locale import current_locale
from web.state import Site

OF_ANY_PAGE = {b"content-length", b"content-type"}

Key = tuple[str, str, str]  # path, language, and where passkeys work if not here: there are no more pages than of these
Identify = Callable[[Request[Any], Response], object]


class GuestPageCache:
    """Middleware that answers with a page as it was rendered for an earlier guest.

    `paths` are those of the pages. Each has what gives its visitor's browser the cookie by which it is recognized
    later, for that is never cached.
    """

    def __init__(self, app: ASGIApp, site: Site, paths: Mapping[str, Identify]) -> None:
        self.app = app
        self.site = site
        self.paths = paths
        self.pages: dict[Key, bytes] = {}
        self.capabilities: Capabilities | None = None  # with which they were rendered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self._is_of_any_guest(scope):
            await self.app(scope, receive, send)
            return
        pages, key = self._current_pages(), _make_key(scope)
        if key not in pages:
            await self.app(scope, receive, self._store(pages, key, send))
            return
        page = HTMLResponse(pages[key])
        self.paths[scope["path"]](Request(scope), page)
        await page(scope, receive, send)

    def _is_of_any_guest(self, scope: Scope) -> bool:
        """Tell whether a request is for one of the pages, and any guest would be answered alike."""
        is_for_page = scope["type"] == "http" and scope["method"] == "GET" and scope["path"] in self.paths
        return is_for_page and self._is_impersonal(scope) and self.site.capabilities.known is not None

    def _is_impersonal(self, scope: Scope) -> bool:
        """Tell whether nothing in a request could show: no query, no header of htmx, no cookie of a person."""
        return (
            not scope["query_string"]
            and not any(name.startswith(b"hx-") for name, _value in scope["headers"])
            and read_cookies(HTTPConnection(scope)).keys() <= self.site.cookies.impersonal
        )

    def _current_pages(self) -> dict[Key, bytes]:
        """Return the pages that were rendered since the backend last told its capabilities."""
        if self.capabilities is not self.site.capabilities.known:
            self.pages, self.capabilities = {}, self.site.capabilities.known
        return self.pages

    def _store(self, pages: dict[Key, bytes], key: Key, send: Send) -> Send:
        """Return a `send` that stores the page on its way to the first guest."""
        is_page = False

        async def send_and_store(message: Message) -> None:
            nonlocal is_page
            if message["type"] == "http.response.start":
                is_page = message["status"] == 200 and self._is_only_a_page(message["headers"])
            elif is_page:
                pages[key] = message["body"]
            await send(message)

        return send_and_store

    def _is_only_a_page(self, headers: list[tuple[bytes, bytes]]) -> bool:
        """Tell whether a response has a page, and nothing else but a cookie by which a browser is recognized."""
        cookies = {value.partition(b"=")[0].decode() for name, value in headers if name == b"set-cookie"}
        names = {name for name, _value in headers} - {b"set-cookie"}
        return names == OF_ANY_PAGE and cookies <= self.site.cookies.impersonal


def _make_key(scope: Scope) -> Key:
    return scope["path"], current_locale.get().language.code, find_other_origin(HTTPConnection(scope))
