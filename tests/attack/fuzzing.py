"""Broken input: a small grammar of requests, half of them nearly right, against site and backend."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_from_bytes

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.attack.requests import Answer, Connection, Request
from tests.kit.contract import API


def words(text: str) -> list[str]:
    return text.split()


def lines(text: str) -> list[str]:
    return text.strip().split("\n")


SITE_PATHS = words(f"""
/ /register /register/again /login /login-with-magic-link /login-with-magic-link/sent /logout /profile /profile/name
/forgot-password /forgot-password/sent /.well-known/change-password /profile/password
/auth-redirect /auth-redirect/again /auth-redirect/disown /profile/avatar /profile/avatar/remove /profile/language
/profile/time-zone /profile/sessions /profile/history /accessibility /favicon.ico /apple-touch-icon.png
/profile/sessions/others /profile/history/0123456789abcdef/log-out /profile/history/0123456789abcdef/disown
/profile/sessions/0123456789abcdef /profile/sessions/0123456789abcdef/label /language /healthz
/readyz /static/site.css /outbox /_auth/verify /_storage/e/root/x.webp {API}/auth/user /logged-out.svg
""")
AUTH = words("""
signup-email signin-email grant access-token access-token/disown resend send-magic send-reset reset-pwd change-pwd
change-email user sessions sessions/label signout signout-all signout-all-except signup-phone signin-phone
send-code signin-code verify-phone resend-code send-reset-code reset-pwd-code change-phone
""")
STORAGE = words("""
bucket/upload-formdata bucket/upload-object bucket/list-files bucket/file/get bucket/file/exists bucket/file/download
bucket/file/make-private bucket/file/rename bucket/file/delete delete-file bucket/file/duplicate bucket/file/copy
bucket/file/move bucket/file/replace-object bucket/file/update bucket/file/add-tags bucket/update bucket/remove-tags
list-buckets search-files stats create-bucket
""")
RECORDS = words("""
get-list get-single update update-fields append object/get object/update object/update-fields object/create object/set
""")
BACKEND_PATHS = (
    *(f"{API}/auth/{name}" for name in AUTH),
    *(f"{API}/storage/{name}" for name in STORAGE),
    *(f"{API}/db/{name}" for name in (*RECORDS, "object/delete")),
    *words(f"/_auth/verify /_auth/disown /_auth/google /_storage/e/root/x {API}/cache/get /outbox"),
    *(f"{API}/account/{path}" for path in ("events", "event", "event/disown", "confirm", "factors", "factors/sign-in")),
    *(f"{API}/account/phone{path}" for path in ("", "/code", "/again", "/cancel", "/remove")),
    *(f"{API}/account/factors/{path}" for path in ("two-step", "totp/begin", "totp/finish", "totp/remove")),
)
ENDS_SESSION = ("/logout", "/signout", "/signout-all")
METHODS = words("GET GET POST POST POST HEAD PUT DELETE OPTIONS PATCH TRACE BREW")
FIELDS = words("""
email name password new_password avatar next label label_before name_before whose language timezone stay key token
access_token action status limit after bucket file model id newName fileUrl values updates queryParams newEmail
currentPassword options expression query tags parentId at all by undo edit choose corrected switch ticket code totp on
strong phone newPhone
""")
HEADERS = words("""
HX-Request HX-Request-Type HX-Current-URL HX-Target Accept-Language User-Agent Origin Referer Sec-Fetch-Site Forwarded
X-Forwarded-For X-Forwarded-Proto X-Request-Id X-Device Accept-Encoding Range If-None-Match If-Range Session
X-Client-Key Authorization Content-Encoding
""")
NEARLY_RIGHT = lines("""
HX-Request: true
HX-Request-Type: partial
Sec-Fetch-Site: same-origin
Sec-Fetch-Site: cross-site
Accept-Language: de
Accept-Encoding: br, gzip
Range: bytes=0-,5-
""")
MEDIA_TYPES = lines("""
application/x-www-form-urlencoded
application/x-www-form-urlencoded; charset=utf-7
application/json
application/json; charset=latin-1
multipart/form-data
multipart/form-data; boundary=
text/plain
image/png
/
""")
TRICKS = [
    *("", " ", "\0", "\r\nSet-Cookie: a=b", "<script>alert(1)</script>", "{{7*7}}", "%(x)s", "../../etc/passwd", "-1"),
    *("//evil.example", "\u202eabc", "\ud800", "a" * 5000, "١٢٣", "ada@example.com", "1e999", "9" * 400, "null"),
    *("true", "%00", "%ff", "🙂" * 300),
]
hostile_text = st.one_of(st.text(max_size=60), st.sampled_from(TRICKS))
raw = st.one_of(st.binary(max_size=200), hostile_text.map(lambda text: text.encode("utf-8", "surrogatepass")))
leaf = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), hostile_text)
documents = st.recursive(
    leaf,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5),
    max_leaves=12,
)
cookies = st.sampled_from(("session", "__Host-session", "link-a", "draft", "flash", "waiting", "language", "device"))


@dataclass(frozen=True)
class Target:
    """A started program, and what must be true of whatever it answers."""

    name: str
    port: int
    paths: Sequence[str]
    credentials: Sequence[tuple[bytes, bytes]]  # headers of somebody who is signed in
    check: Callable[[Request, Answer | None], None]
    host: str = ""


def fuzz(target: Target, count: int, start: int) -> int:
    """Sends `count` requests. Raises AssertionError with the smallest request that was answered wrongly."""
    sent = 0
    phases = (Phase.generate, Phase.shrink)

    with Connection(target.port, target.host) as connection:

        @seed(start)
        @settings(
            max_examples=count, deadline=None, database=None, phases=phases, suppress_health_check=list(HealthCheck)
        )
        @given(requests(target))
        def whatever_is_sent_is_answered(request: Request) -> None:
            nonlocal sent
            sent += 1
            target.check(request, connection.asks(request))

        whatever_is_sent_is_answered()
    return sent


# The grammar


def requests(target: Target) -> SearchStrategy[Request]:
    return st.builds(
        _request,
        st.sampled_from(METHODS),
        st.one_of(st.sampled_from(target.paths), st.sampled_from(target.paths), raw.map(_as_path)),
        st.lists(st.tuples(st.sampled_from(FIELDS), raw), max_size=4),
        _headers(target),
        _bodies(),
    )


def _request(
    method: str,
    path: str,
    query: list[tuple[str, bytes]],
    headers: list[tuple[bytes, bytes]],
    body: tuple[list[tuple[bytes, bytes]], bytes],
) -> Request:
    about, content = body if method in ("POST", "PUT", "PATCH", "DELETE") else ([], b"")
    if path.endswith(ENDS_SESSION):
        headers = [header for header in headers if header[0] not in (b"Cookie", b"Session")]
    asked = "&".join(f"{name}={quote_from_bytes(value)}" for name, value in query)
    return Request(method, f"{path}?{asked}" if asked else path, (*headers, *about), content)


def _as_path(value: bytes) -> str:
    return "/" + quote_from_bytes(value, safe="/%:@;,.")


def _headers(target: Target) -> SearchStrategy[list[tuple[bytes, bytes]]]:
    value = raw.map(lambda some: bytes(byte for byte in some if byte not in b"\r\n\0")[:1000])
    known = st.sampled_from([_header(line) for line in NEARLY_RIGHT])
    own = st.tuples(st.sampled_from([name.encode() for name in HEADERS]), value)
    cookie = st.tuples(cookies, value).map(lambda pair: (b"Cookie", pair[0].encode() + b"=" + pair[1]))
    signed_in = st.sampled_from([[], list(target.credentials)])
    return st.tuples(signed_in, st.lists(st.one_of(known, own, cookie), max_size=4)).map(
        lambda both: [*both[0], *both[1]]
    )


def _header(line: str) -> tuple[bytes, bytes]:
    name, _, value = line.encode().partition(b": ")
    return name, value


def _bodies() -> SearchStrategy[tuple[list[tuple[bytes, bytes]], bytes]]:
    pairs = st.lists(st.tuples(st.sampled_from(FIELDS), raw), max_size=6)
    return st.one_of(
        pairs.map(_form), pairs.map(_multipart), documents.map(_json), st.tuples(_types(), raw), _torn(pairs)
    )


def _types() -> SearchStrategy[list[tuple[bytes, bytes]]]:
    return st.sampled_from(MEDIA_TYPES).map(lambda kind: [(b"Content-Type", kind.encode())])


def _form(pairs: list[tuple[str, bytes]]) -> tuple[list[tuple[bytes, bytes]], bytes]:
    body = "&".join(f"{name}={quote_from_bytes(value)}" for name, value in pairs)
    return [(b"Content-Type", b"application/x-www-form-urlencoded")], body.encode()


def _multipart(pairs: list[tuple[str, bytes]]) -> tuple[list[tuple[bytes, bytes]], bytes]:
    parts = []
    for name, value in pairs:
        file = b'; filename="x.png"\r\nContent-Type: image/png' if name == "avatar" else b""
        parts.append(
            b'--edge\r\nContent-Disposition: form-data; name="'
            + name.encode()
            + b'"'
            + file
            + b"\r\n\r\n"
            + value
            + b"\r\n"
        )
    return [(b"Content-Type", b"multipart/form-data; boundary=edge")], b"".join(parts) + b"--edge--\r\n"


def _json(document: Any) -> tuple[list[tuple[bytes, bytes]], bytes]:
    return [(b"Content-Type", b"application/json")], json.dumps(document).encode("utf-8", "surrogatepass")


def _torn(pairs: SearchStrategy[list[tuple[str, bytes]]]) -> SearchStrategy[tuple[list[tuple[bytes, bytes]], bytes]]:
    """Cut off somewhere, or with a byte that does not belong there."""

    def tear(
        whole: tuple[list[tuple[bytes, bytes]], bytes], place: int, byte: bytes
    ) -> tuple[list[tuple[bytes, bytes]], bytes]:
        about, body = whole
        return about, body[: place % (len(body) + 1)] + byte

    return st.builds(tear, pairs.map(_multipart), st.integers(0, 400), st.binary(max_size=1))
