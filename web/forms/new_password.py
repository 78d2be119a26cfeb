"""The last check of a form with a new password, when nothing else is wrong: whether it is easy to guess."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request

from web.forms.base import Form
from web.forms.password_strength import is_mostly_names
from web.i18n.locale import gettext as _
from web.settings import Settings


async def check_is_hard_to_guess(request: Request[Any], form: Form, field: str, own: Iterable[str]) -> bool:
    """Return whether the password in `field` is hard to guess, and otherwise put an error beside it.

    `own` are the owner's names and addresses. The backend limits the rate, as the site stores nothing: raises ApiError
    (429) after too many passwords from one client, and Unreachable when too many are checked at once.
    """
    site = request.state["site"]
    names = _list_names(site.settings)
    if is_mostly_names(form[field], names):
        form.errors[field] = _("This password is too similar to the name of this site. Choose another one.")
        return False
    api = request.state["api"].as_guest()
    await api.count_new_password()
    reason = await site.password_checker.find_reason(form[field], [*own, *names], api.client.address)
    if reason:
        form.errors[field] = _word_reason(reason)
    return reason is None


def _word_reason(reason: str) -> str:
    if reason == "leaked":
        return _("This password is in lists of leaked passwords, or very like one that is. Choose another one.")
    return _(
        "This password is easy to guess: a common word, a pattern or a row of keys, perhaps with something added."
        " Choose another one."
    )


def _list_names(settings: Settings) -> list[str]:
    """List the names of the site: its title, and the labels of its host but for the last one."""
    labels = (urlsplit(settings.public.url).hostname or "").split(".")
    return [settings.public.site_name, *(label for label in labels[:-1] or labels if not label.isdecimal())]
