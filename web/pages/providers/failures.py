"""Why a log-in with a provider came to nothing, in words of our own, and how it goes on."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from web.i18n.locale import gettext as _
from web.pages.links.opened_links import OpenedLink
from web.pages.providers.flows import find_returned
from web.rendering.pages import Page
from web.state import site_of

CONNECT = "oauth-connect"  # an action
EXPIRED = "login_expired"  # a code
FAILED = Page("templates/providers/failed.html")


class Failure(NamedTuple):
    """What happened, and what can be done about it. `retries`: whether the same once more may help; `chooses`: with
    another account there."""

    title: str
    message: str
    retries: bool = True
    chooses: bool = False


def _word_ended() -> Failure:
    return Failure(
        _("This login has ended"),
        _("It took more than 10 minutes, or began in another browser. Nothing was changed."),
    )


# Functions, so that the words are looked up in the locale of the request.
LOG_IN: Mapping[str, Callable[[], Failure]] = {
    "permission_denied": lambda: Failure(
        _("Login cancelled"), _("You cancelled it, or the other service didn’t agree. Nothing was changed.")
    ),
    "email_not_unique": lambda: Failure(
        _("You already have an account"),
        _("We’ve emailed its address a link. It logs you in, and you can connect the other service there."),
        retries=False,
    ),
    EXPIRED: _word_ended,
    "invalid_access_token": _word_ended,
    "provider_unavailable": lambda: Failure(
        _("The other service doesn’t answer"), _("Try again in a minute, or log in another way.")
    ),
    "provider_refused": lambda: Failure(
        _("Login failed"), _("We couldn’t verify what the other service told us. Nothing was changed.")
    ),
    "rate_limit_exceeded": lambda: Failure(
        _("Too many attempts"), _("Wait a few minutes, then try again, or log in another way.")
    ),
    "user_not_found": lambda: Failure(
        _("This account has been deleted"), _("You can create a new one."), retries=False
    ),
    "not_allowed": lambda: Failure(
        _("Login failed"), _("You can’t log in with this service here. Choose another way."), retries=False
    ),
}
CONNECTING: Mapping[str, Callable[[], Failure]] = {
    "permission_denied": lambda: Failure(
        _("Nothing was connected"), _("You cancelled it, or the other service didn’t agree.")
    ),
    "identity_taken": lambda: Failure(
        _("Already connected to another account"),
        _(
            "The account you chose there logs in to another account here. Nothing was changed."
            " Choose another one there, or disconnect it in that account first."
        ),
        chooses=True,
    ),
    "provider_unavailable": lambda: Failure(
        _("The other service doesn’t answer"), _("Nothing was connected. Try again in a minute.")
    ),
    "provider_refused": lambda: Failure(
        _("Nothing was connected"), _("We couldn’t verify what the other service told us.")
    ),
    "rate_limit_exceeded": lambda: Failure(_("Too many attempts"), _("Wait a few minutes, then try again.")),
}


def find_failure(action: str, code: str) -> Failure:
    """Return the words for a code, or for any other those that fit all."""
    if action == CONNECT:
        return CONNECTING.get(code, _word_not_connected)()
    return LOG_IN.get(code, _word_not_logged_in)()


def _word_not_connected() -> Failure:
    return Failure(_("Nothing was connected"), _("It took more than 10 minutes, or began in another browser."))


def _word_not_logged_in() -> Failure:
    return Failure(_("Login failed"), _("The other service didn’t log you in. Nothing was changed."))


async def show_failure(request: Request[Any], link: OpenedLink, code: str = "") -> Response:
    """Show what went wrong, by a code or by that of the redirect, with the way back to the provider, where it is known
    which, and to the other ways."""
    connects = link["action"] == CONNECT
    flow = find_returned(request, link, connects=connects)
    context: dict[str, Any] = {
        "failure": find_failure(link["action"], code or link["code"]),
        "provider": site_of(request).capabilities.current.find_provider(flow.provider),
        "connects": connects,
        "next": flow.next,
        "stay": flow.options.get("stay", ""),
    }
    return await FAILED.show(request, status=410, **context)
