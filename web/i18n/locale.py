"""The locale of a request: its language and time zone.

The first of these that is set wins: the signed-in user's own setting, which applies on every device; the cookie of this
browser; the browser's Accept-Language. A log-in therefore changes the language at once.
"""

from typing import Any, cast

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
    """Middleware that sets the locale of a request, around everything that responds in words.

    It is not reset afterwards, so that the page for an unexpected error, rendered outside, has the same locale.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            connection = HTTPConnection(scope)
            asked_for = negotiate_locale(connection.headers.get("accept-language", ""))
            current_locale.set(Locale(LANGUAGES[asked_for]))
            chosen = find_chosen_locale(connection)
            if chosen:
                set_locale(**chosen)
        await self.app(scope, receive, send)


def find_chosen_locale(connection: HTTPConnection[Any]) -> dict[str, str]:
    """Return what was chosen in this browser: `language` and `timezone`, each only if it was chosen. Read once."""
    state: dict[str, Any] = connection.scope["state"]
    if "chosen_locale" not in state:
        note = site_of(connection).cookies.language.read(connection)
        state["chosen_locale"] = {name: str(note[name]) for name in ("language", "timezone") if note.get(name)}
    return cast("dict[str, str]", state["chosen_locale"])


def activate_user_locale(user: User) -> None:
    """Use the locale of a user from here on."""
    set_locale(user.language, user.timezone)


def set_locale(language: str = "", timezone: str = "") -> None:
    """Change the locale of this request. An empty or unknown value leaves that part as it is."""
    before = current_locale.get()
    wanted: Language | None = language_for_tag(language)
    current_locale.set(Locale(wanted or before.language, find_time_zone(timezone) or before.zone))
