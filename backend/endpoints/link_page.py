"""The page a mailed link leads to when its button is here, in the language of its mail."""

from urllib.parse import urlencode

from starlette.responses import Response

from backend.http.pages import page
from backend.http.requests import BackendRequest
from backend.kernel.devices import describe_user_agent
from backend.mail.letters import find_letter_of_link
from backend.mail.templates import find_mail_locale, format_datetime
from backend.store.records import Link
from translations import use_locale


def show(request: BackendRequest, key: str, link: Link, *, confirmed: bool) -> Response:
    letter = find_letter_of_link(link.kind)
    with use_locale(find_mail_locale(link.language)):
        return page(
            request,
            "link.html",
            title=letter.subject(),
            button=letter.button(),
            email=link.email,
            asked_time=format_datetime(link.asked_at),
            asked_browser=describe_user_agent(link.user_agent),
            until=format_datetime(link.expires_at),
            press_url="/_auth/verify?" + urlencode({"key": key, "action": link.kind}),
            disown_url=_disown_url(key, link, confirmed=confirmed),
        )


def _disown_url(key: str, link: Link, *, confirmed: bool) -> str:
    can_be_cancelled = link.kind == "email-confirm" and link.registration_id is not None and not confirmed
    return "/_auth/disown?" + urlencode({"key": key}) if can_be_cancelled else ""


def disowned(request: BackendRequest, link: Link) -> Response:
    with use_locale(find_mail_locale(link.language)):
        return page(request, "disowned.html")
