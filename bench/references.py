"""What is measured against: `python -m bench.references`, on HOST and PORT, served by uvicorn as it comes.

`/bare` is ASGI and nothing else, `/plain` Starlette's plain-text route, `/page` the profile rendered from data in
memory by Starlette and Jinja as they come, without cookie or backend, `/page-of-three` the same with three sessions.
The rest is for the browser: a bare form, and a bare fetch.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from functools import cache
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

if TYPE_CHECKING:
    import jinja2

FORM = """<!doctype html><title>A form</title>
<form method="post" action="/form"><input name="a"><button>Send</button></form>"""
DONE = "<!doctype html><title>Done</title><h1>Hello</h1>"
# As much as a fragment of ours, put where it belongs.
FETCH = """<!doctype html><title>A fetch</title><button id="go">Go</button><div id="to"></div><script>
document.getElementById("go").onclick = async () => {
  const answer = await fetch("/fragment");
  document.getElementById("to").innerHTML = await answer.text();
  document.getElementById("field").focus();
};</script>"""
FRAGMENT = f'<form><input id="field" value="new"></form><p>{"words " * 200}</p>'


async def bare(_scope: Scope, _receive: Receive, send: Send) -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", b"5")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"hello"})


class References:
    """One server for all: which of them is asked is told by the path, before any framework sees it."""

    def __init__(self) -> None:
        routes = [
            Route("/plain", self.plain),
            Route("/form", self.form, methods=["GET", "POST"]),
            Route("/done", self.done),
            Route("/fetch", self.fetch),
            Route("/fragment", self.fragment),
        ]
        self.starlette = Starlette(routes=routes)
        self.with_page: Starlette | None = None  # made when asked for: a cold start of the plain route has no templates

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/bare":
            await bare(scope, receive, send)
        elif scope["type"] == "http" and scope["path"].startswith("/page"):
            self.with_page = self.with_page or _page_app()
            await self.with_page(scope, receive, send)
        else:
            await self.starlette(scope, receive, send)

    async def plain(self, _request: Request) -> Response:
        return PlainTextResponse("hello")

    async def form(self, request: Request) -> Response:
        return RedirectResponse("/done", 303) if request.method == "POST" else HTMLResponse(FORM)

    async def done(self, _request: Request) -> Response:
        return HTMLResponse(DONE)

    async def fetch(self, _request: Request) -> Response:
        return HTMLResponse(FETCH)

    async def fragment(self, _request: Request) -> Response:
        return HTMLResponse(FRAGMENT)


def _page_app() -> Starlette:
    environment = _jinja()
    template = environment.get_template("templates/profile/profile.html")
    of_one, of_three = (_add_common(environment, _context(sessions)) for sessions in (1, 3))

    async def page(_request: Request) -> Response:
        return HTMLResponse(template.render(of_one))

    async def page_of_three(_request: Request) -> Response:
        return HTMLResponse(template.render(of_three))

    return Starlette(routes=[Route("/page", page), Route("/page-of-three", page_of_three)])


def _jinja() -> jinja2.Environment:
    """Make an environment of Jinja as it comes, without what our own does at compile time."""
    import jinja2  # here: the plain route's cold start must not pay for it

    from translations import gettext, ngettext
    from web.rendering.environment import FILTERS, OPTIONS

    environment = jinja2.Environment(**OPTIONS)
    environment.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.globals["_"] = environment.globals["gettext"]
    environment.filters |= FILTERS
    return environment


def _add_common(environment: jinja2.Environment, context: dict[str, Any]) -> dict[str, Any]:
    """Add what is the same for everybody, rendered once, as the site does."""
    from markupsafe import Markup

    context["common"] = cache(lambda name: Markup(environment.get_template(name).render(context)))
    return context


def _context(sessions: int) -> dict[str, Any]:
    """Build what the profile's template is given by `web.rendering.pages` and `web.pages.profile.profile`."""
    from branding.palette import SCHEMES
    from tests.kit.people import CHROME
    from translations import LANGUAGES, current_locale
    from web.api.shapes import Device, Session, User
    from web.http.static import Assets
    from web.pages.profile.forms import PhotoForm
    from web.pages.sessions.list import SessionList
    from web.pages.sessions.rows import Moment, Row
    from web.settings import Settings

    settings, now = Settings.from_environment({"SECRET_KEY": "nothing is signed"}), datetime.now(UTC)
    device, began = Device("Chrome", "Linux"), now - timedelta(days=1)
    session = Session("token", began, device, now, "127.0.0.1", "password", CHROME)
    names = ["Chrome on Linux", "Chrome on Linux (2)", "Chrome on Linux (3)"][:sessions]
    moments = Moment.of(began), Moment.of(now)
    rows = [
        Row(f"0123456789abcde{n}", session, name, name, *moments, timedelta(), n == 0, True)
        for n, name in enumerate(names)
    ]
    user = User("5f1a0f5d1c9d440000000000", "person0@example.com", "Person 0", "", "", "Europe/Berlin")
    return {
        "site": settings.public,
        "look": settings.look,
        "theme": settings.theme,
        "schemes": SCHEMES,
        "asset": Assets().url,
        "outbox": lambda: "/outbox",
        "offers": lambda _feature: True,
        "has_providers": False,
        "phone": None,
        "link_expiry": 3600,
        "path": "/profile",
        "language": current_locale.get().language,
        "languages": LANGUAGES.values(),
        "current_user": user,
        "returning": False,
        "photo_url": lambda address: address,
        "standalone": False,
        "said": "",
        "city": "Berlin",
        "next": "",
        "flash": "",
        "offer": None,
        "is_refused": False,
        "pending": None,
        "photo_form": PhotoForm(),
        "sessions": SessionList(rows, sessions - 1, is_short=True),
        "request": SimpleNamespace(),
    }


def main() -> None:
    uvicorn.run(
        References(),
        host=os.environ["HOST"],
        port=int(os.environ["PORT"]),
        loop="uvloop",
        http="httptools",
        ws="none",
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
