"""A site as small as can be, on which the visitors themselves are tried."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from typing import Any
from urllib.parse import quote, unquote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

SITE = "http://127.0.0.1:8000"
HEADERS = {
    "Cache-Control": "no-store",
    "Vary": "HX-Request-Type, Cookie, Accept-Language",
    "Content-Security-Policy": "default-src 'none'; form-action 'self'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
FRAME = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Names</title>
<meta name="viewport" content="width=device-width"></head><body><a href="#main">Skip to content</a>
<div id="status" role="status" aria-live="polite">{said}</div>
<main id="main"><h1 id="heading">A page</h1>{main}</main></body></html>"""
NAME = """<section id="name"><p>Hello, {name}</p><form action="/name" hx-get="/name" hx-target="#name"
hx-swap="outerHTML"><button id="rename"{focus}>Change name</button></form></section>"""
FORM = """<section id="name" aria-labelledby="heading">
<form id="f" action="/name" method="post" novalidate hx-post="/name" hx-target="#name"
hx-swap="outerHTML" hx-sync="this:drop"><label for="n">Name</label><input id="n" name="name" value="{name}" autofocus
aria-describedby="n-error"><p id="n-error"><span>Error:</span> {error}</p><button id="save">Save</button>
<a id="cancel" href="/" hx-get="/" hx-select="#name" hx-target="#name" hx-swap="outerHTML">Cancel</a></form>
</section>"""
UPLOAD = """<form action="/echo?old=1" method="post" enctype="multipart/form-data" id="up">
<input type="hidden" name="next" value="/x"><label>Photo <input type="file" name="photo"></label>
<label>Other <input type="file" name="other"></label>
<label><input type="checkbox" name="stay" value="yes" checked> Stay</label>
<label>Words <textarea name="words">one\ntwo</textarea></label><label>Language <select name="language">
<option value="en">English</option><option value="de" selected>Deutsch</option></select></label>
<button name="how" value="all">Send all</button></form>
<button form="up" formaction="/elsewhere">Send elsewhere</button>"""

Answer = Callable[[Request[Any]], Any]


def html(content: str, status: int = 200, **headers: str) -> Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HTMLResponse(content, status, headers=HEADERS | named)


def page(main: str, said: str = "", status: int = 200) -> Response:
    return html(FRAME.format(main=main, said=said), status)


def is_partial(request: Request[Any]) -> bool:
    return request.headers.get("hx-request-type") == "partial"


class Site:
    """One page about a name; a test adds what else it needs with `site.at["/path"] = answer`."""

    def __init__(self) -> None:
        self.at: dict[str, Answer] = {"/": self.home, "/name": self.name, "/echo": self.echo}
        self.requests: list[Request[Any]] = []
        self.posted: list[tuple[str, Any]] = []
        everywhere = Route("/{path:path}", self.answer, methods=["GET", "POST"])
        self.app = Starlette(routes=[everywhere])

    async def answer(self, request: Request[Any]) -> Response:
        self.requests.append(request)
        if request.method == "POST":
            async with request.form() as form:
                self.posted = [(name, await read(value)) for name, value in form.multi_items()]
        answer: Response = self.at[request.url.path](request)
        return answer

    def home(self, request: Request[Any]) -> Response:
        return page(NAME.format(name=escape(unquote(request.cookies.get("name", "nobody"))), focus=""))

    def name(self, request: Request[Any]) -> Response:
        show = html if is_partial(request) else page
        if request.method == "GET":
            return show(FORM.format(name="nobody", error=""))
        name = dict(self.posted)["name"]
        if not name:
            return show(FORM.format(name="", error="Enter a name."), status=422)
        changed = NAME.format(name=escape(name), focus=" autofocus")
        said = '<hx-partial hx-target="#status" hx-swap="textContent">Name saved.</hx-partial>'
        response = html(changed + said) if is_partial(request) else RedirectResponse("/", 303)
        response.set_cookie("name", quote(name))
        return response

    def echo(self, _request: Request[Any]) -> Response:
        return RedirectResponse("/", 303)

    @property
    def last(self) -> Request[Any]:
        return self.requests[-1]


async def read(value: Any) -> Any:
    return value if isinstance(value, str) else (value.filename, await value.read(), value.content_type)
