"""The language and the time zone of a browser, for an account that has none yet: nobody is asked for what is known.

A script writes them into hidden fields of the forms that lead to a log-in. What the person chose counts more: for the
account, or in this browser before there was one.
"""

import contextlib
from collections.abc import Collection, Mapping
from typing import Any

from starlette.requests import Request

from translations import language_for_tag
from web.api.client import Client
from web.api.errors import AltogicError
from web.api.shapes import Session, User
from web.i18n.locale import find_chosen_locale, set_locale
from web.pages.preferences.forms import LocaleForm

FIELDS = ("language", "timezone")


def read_browser_locale(
    request: Request[Any], typed: Mapping[str, str], *, known: Collection[str] = ()
) -> dict[str, str]:
    """Return the `language` and the `timezone` that were chosen in this browser, or else that a form tells, each only
    if it can be chosen and is not `known`."""
    found = {**typed, **find_chosen_locale(request)}
    told = {name: found[name] for name in FIELDS if found.get(name) and name not in known}
    language = language_for_tag(told.get("language"))
    form = LocaleForm({**told, "language": language.code if language else ""})
    form.check()
    return {name: form[name] for name in told if form[name] and name not in form.errors}


async def save_browser_locale(request: Request[Any], user: User, session: Session, typed: Mapping[str, str]) -> None:
    """Save for a user who just logged in what is missing there. If that fails, the next log-in brings it again."""
    api: Client = request.state["api"]
    known = [name for name in FIELDS if getattr(user, name)]
    missing = read_browser_locale(request, typed, known=known)
    if missing and api.capabilities.offers("users.locale"):
        with contextlib.suppress(AltogicError):
            await api.as_user(session.token).update_user(user.id, **missing)
            set_locale(**missing)
