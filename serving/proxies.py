"""Proxies in front of a program: which are trusted, and whether a request came through one."""

import logging
from collections.abc import Sequence

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

FORWARDED_FOR = "x-forwarded-for"
BELIEVED = frozenset({b"x-forwarded-for", b"x-forwarded-proto"})  # from a trusted proxy
SIGNS = ("forwarded", "via", "x-real-ip")

log = logging.getLogger("serving.proxies")


class TrustedProxies:
    """Middleware. Takes the visitor's address from `X-Forwarded-For` where a trusted proxy sends it.

    From anybody else it is ignored, and the first time a warning says so: a proxy that is not listed makes all
    visitors one, who share their limits.
    """

    def __init__(self, app: ASGIApp, trusted: Sequence[str]) -> None:
        self.app = app
        self.behind_proxy = ProxyHeadersMiddleware(app, trusted_hosts=list(trusted))  # type: ignore[arg-type]
        self.has_warned = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or BELIEVED.isdisjoint(dict(scope["headers"])):
            await self.app(scope, receive, send)
            return
        if not self.has_warned:
            self._warn_of_untrusted(scope)
        await self.behind_proxy(scope, receive, send)  # type: ignore[arg-type]

    def _warn_of_untrusted(self, scope: Scope) -> None:
        peer = scope["client"][0] if scope.get("client") else "nowhere"
        if FORWARDED_FOR in Headers(scope=scope) and peer not in self.behind_proxy.trusted_hosts:
            self.has_warned = True
            log.warning("X-Forwarded-For from %s is ignored: TRUSTED_PROXIES does not list it", peer)


def came_through_proxy(scope: Scope) -> bool:
    """Return whether a request has a proxy's headers, or is HTTP/1.0, as nginx sends by default and no browser does."""
    names = Headers(scope=scope).keys()
    return scope["http_version"] == "1.0" or any(name in SIGNS or name.startswith("x-forwarded-") for name in names)
