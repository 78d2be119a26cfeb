"""The pages of a mailed link whose button is the backend's own, in the language of its mail."""

from urllib.parse import urlencode

from starlette.responses import Response

from backend.http.pages import render_page
from backend.http.requests import BackendRequest
from backend.kernel.devices import describe_user_agent
from backend.mail.letters import LETTERS
from backend.mail.templates import find_mail_locale
from backend.store.records import Link
from translations import use_locale
from translations.formatting import format_datetime


def show_button(request: BackendRequest, key: str, link: Link, *, confirmed: bool) -> Response:
    """Show the page whose button uses the link. `confirmed`: its address is confirmed already."""
    letter = LETTERS[link.letter]
    with use_locale(find_mail_locale(link.language)):
        return render_page(
            request,
            "link.html",
            title=letter.title(),
            button=letter.button(),
            email=link.email,
            asked_time=format_datetime(link.asked_at),
            asked_browser=describe_user_agent(link.user_agent),
            until=format_datetime(link.expires_at),
            press_url="/_auth/verify?" + urlencode({"key": key, "action": link.kind}),
            disown_url=_make_disown_url(key, link, confirmed=confirmed),
        )


def _make_disown_url(key: str, link: Link, *, confirmed: bool) -> str:
    can_be_cancelled = link.kind == "email-confirm" and link.registration_id is not None and not confirmed
    return "/_auth/disown?" + urlencode({"key": key}) if can_be_cancelled else ""


def show_cancelled(request: BackendRequest, link: Link) -> Response:
    """Show that a sign-up is cancelled."""
    with use_locale(find_mail_locale(link.language)):
        return render_page(request, "disowned.html")


def show_deleted(request: BackendRequest, language: str) -> Response:
    """Show that an account is deleted. Nothing of it is left that the site could describe."""
    with use_locale(find_mail_locale(language)):
        return render_page(request, "deleted.html")
