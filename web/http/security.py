"""Protection of every response: security headers, the Host header, CSRF. Pure ASGI, so that errors have it too."""

import re

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from serving.headers import Header, ResponseHeaders, add_missing, encode_headers, replace
from serving.logs import note_for_log
from serving.origins import normalize_origin, origin_of
from web.settings import Settings

VARY = b"HX-Request-Type, Cookie, Accept-Language"
UNSTORED = [(b"cache-control", b"no-store")]
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
HEALTH_PATHS = ("/healthz", "/readyz", "/smsz")
# Where a page of Apple's posts a form: the backend only keeps it, without a cookie of ours, and goes on by a GET.
FOREIGN_POSTS = frozenset({"/_auth/apple/callback"})
AUTHORITY = re.compile(r"[a-z0-9_.:\[\]-]{1,255}")
ROOT_DOT = re.compile(r"\.(?=(:\d*)?$)")


class SecurityHeaders(ResponseHeaders):
    """Middleware that gives each request an id, and each response the security headers it does not set itself."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        super().__init__(app, is_https=settings.public.is_https, trust_request_id=False)
        self.pages = encode_headers(_build_page_headers(settings))

    def complete(self, headers: list[Header], name: str, status: int) -> list[Header]:
        """Add the headers of pages, and to what is no page one that forbids to store it."""
        if dict(headers).get(b"content-type", b"").startswith(b"text/html"):
            headers = replace(add_missing(headers, self.pages), b"vary", VARY)
        else:
            headers = add_missing(headers, UNSTORED)
        return super().complete(headers, name, status)


class KnownHost:
    """Middleware that refuses requests whose Host header is not that of PUBLIC_URL (DNS rebinding, forged hosts).

    Nothing is ever built from the header. It may name the standard port, and end with the dot of the root (RFC 9110,
    4.2.3; RFC 1034, 3.1).
    """

    def __init__(self, app: ASGIApp, origins: frozenset[str], refused: ASGIApp) -> None:
        self.app = app
        self.origins = origins
        self.scheme = next(iter(origins)).partition("://")[0]
        self.hosts = {origin.partition("://")[2] for origin in origins}
        self.refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in HEALTH_PATHS:
            await self.app(scope, receive, send)
            return
        host = Headers(scope=scope).get("host", "").lower()
        if self._is_known(host):
            await self.app(scope, receive, send)
        else:
            note_for_log(scope, host=host, expected_host=" ".join(sorted(self.hosts)))
            await self.refused(scope, receive, send)

    def _is_known(self, host: str) -> bool:
        if host in self.hosts:
            return True
        try:
            return bool(AUTHORITY.fullmatch(host)) and self._normalize(host) in self.origins
        except ValueError:
            return False

    def _normalize(self, host: str) -> str:
        return normalize_origin(f"{self.scheme}://{ROOT_DOT.sub('', host)}")


class SameOrigin:
    """Middleware against CSRF: refuses a POST that does not come from a page of this site.

    A browser says where it comes from in Sec-Fetch-Site and in Origin. Both must agree, because behind a proxy that
    changes the Host a page may have another origin than ours; an Origin of `null` says nothing. A client that sends
    neither is no browser, and has no cookie that a foreign site could use. So forms need no CSRF token. The rule is
    that of Go's `http.CrossOriginProtection`, and stricter. Only a POST to FOREIGN_POSTS may come from anywhere.
    """

    def __init__(self, app: ASGIApp, origins: frozenset[str], refused: ASGIApp) -> None:
        self.app = app
        self.origins = origins
        self.refused = refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or _may_be_foreign(scope) or self._is_ours(Headers(scope=scope)):
            await self.app(scope, receive, send)
        else:
            await self.refused(scope, receive, send)

    def _is_ours(self, headers: Headers) -> bool:
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        is_known = origin is None or origin_of(ROOT_DOT.sub("", origin)) in self.origins
        if site is None:
            return is_known
        return site in ("same-origin", "none") and (is_known or origin == "null")


def _may_be_foreign(scope: Scope) -> bool:
    is_exempt = scope["method"] == "POST" and scope["path"] in FOREIGN_POSTS
    return scope["method"] in SAFE_METHODS or is_exempt


def _build_page_headers(settings: Settings) -> dict[str, str]:
    """Return the headers of pages: Content-Security-Policy and Cache-Control."""
    photos = f"'self' blob: {settings.backend.storage_origin}".strip()
    policy = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": photos,
        "font-src": "'self'",
        "connect-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Cache-Control": "no-store",
    }
