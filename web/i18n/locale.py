"""In which language, and in whose time, a request is answered.

Three may say so, and the first of them that does wins: the signed-in user's own setting, which follows them to every
device; the cookie of this browser; the browser's Accept-Language. A log-in therefore changes the language at once.
"""

from typing import Any

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from translations import (
    LANGUAGES,
    Language,
    Locale,
    current_locale,
    find_time_zone,
    gettext,
    language_for_tag,
    negotiate_locale,
    ngettext,
)
from web.api.shapes import User
from web.state import site_of

__all__ = [
    "LANGUAGES",
    "LocaleMiddleware",
    "activate_user_locale",
    "current_locale",
    "find_chosen_locale",
    "gettext",
    "ngettext",
    "set_locale",
]


class LocaleMiddleware:
    """Middleware, around all that answers in words, refusals and failures included. It takes nothing back afterwards:
    what is answered outside of it, to a failure that nobody expected, is read by the same person."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            connection = HTTPConnection(scope)
            asked_for = negotiate_locale(connection.headers.get("accept-language", ""))
            current_locale.set(Locale(LANGUAGES[asked_for]))
            set_locale(**find_chosen_locale(connection))
        await self.app(scope, receive, send)


def find_chosen_locale(connection: HTTPConnection[Any]) -> dict[str, str]:
    """What was chosen in this browser: `language` and `timezone`, each only if it was."""
    note = site_of(connection).cookies.language.read(connection)
    return {name: str(note[name]) for name in ("language", "timezone") if note.get(name)}


def activate_user_locale(user: User) -> None:
    set_locale(user.language, user.timezone)


def set_locale(language: str = "", timezone: str = "") -> None:
    """What is not given, or not known to us, stays as it is."""
    before = current_locale.get()
    wanted: Language | None = language_for_tag(language)
    current_locale.set(Locale(wanted or before.language, find_time_zone(timezone) or before.zone))
