"""In which language, and in whose time, a request is answered.

Three may say so, and the first of them that does wins: the signed-in user's own setting, which follows them to every
device; the cookie of this browser; the browser's Accept-Language. A log-in therefore changes the language at once.
"""

from typing import Any

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from translations import LANGUAGES, Language, Reader, gettext, negotiated, ngettext, reader, spoken, zone_called
from web.api.shapes import User
from web.state import site_of

__all__ = ["LANGUAGES", "Reading", "chosen_here", "gettext", "ngettext", "read_by", "reader", "reads_from_now_on"]


class Reading:
    """Middleware, around all that answers in words, refusals and failures included. It takes nothing back afterwards:
    what is answered outside of it, to a failure that nobody expected, is read by the same person."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            connection = HTTPConnection(scope)
            asked_for = negotiated(connection.headers.get("accept-language", ""))
            reader.set(Reader(LANGUAGES[asked_for]))
            reads_from_now_on(**chosen_here(connection))
        await self.app(scope, receive, send)


def chosen_here(connection: HTTPConnection[Any]) -> dict[str, str]:
    """What was chosen in this browser: `language` and `timezone`, each only if it was."""
    note = site_of(connection).cookies.language.read(connection)
    return {name: str(note[name]) for name in ("language", "timezone") if note.get(name)}


def read_by(user: User) -> None:
    reads_from_now_on(user.language, user.timezone)


def reads_from_now_on(language: str = "", timezone: str = "") -> None:
    """What is not given, or not known to us, stays as it is."""
    before = reader.get()
    wanted: Language | None = spoken(language)
    reader.set(Reader(wanted or before.language, zone_called(timezone) or before.zone))
