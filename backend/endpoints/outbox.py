"""/outbox: the mails of a machine without a mail server, for whoever works at it."""

from typing import Any

from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from backend.http.pages import PAGE_HEADERS, render_page
from backend.http.requests import BackendRequest, find_locale, get_services
from backend.kernel.refusals import refusal
from backend.mail.letters import LETTERS
from backend.mail.templates import RenderedMail, find_mail_locale
from backend.rules.outbox import find_mail, list_newest_mails, name_sms, render_mail
from backend.store.records import Mail
from serving.origins import is_loopback_address, own_origins
from serving.proxies import came_through_proxy
from translations import use_locale
from translations.formatting import format_datetime

MAILS_SHOWN = 100
# A mail may style itself and open its link, nothing else.
SANDBOX = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
    " sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
)


async def list_mails(request: BackendRequest) -> Response:
    """Show the newest mails."""
    _check_is_local(request)
    mails = await list_newest_mails(get_services(request), MAILS_SHOWN)
    with use_locale(find_locale(request)):
        return render_page(request, "outbox.html", mails=[_describe_mail(request, mail) for mail in mails])


async def show_mail(request: BackendRequest) -> Response:
    """Show the text of a mail with a link that can be clicked."""
    mail, rendered = await _load_mail(request)
    before, link, after = rendered.text.partition(rendered.link) if rendered.link else (rendered.text, "", "")
    with use_locale(find_locale(request)):
        return render_page(
            request,
            "mail.html",
            mail=_describe_mail(request, mail),
            rendered=rendered,
            before=before,
            link=link,
            after=after,
        )


async def show_html(request: BackendRequest) -> Response:
    """Show the HTML of a mail, as a mail program would."""
    _mail, rendered = await _load_mail(request)
    headers = {**PAGE_HEADERS, "Content-Security-Policy": SANDBOX, "Referrer-Policy": "no-referrer"}
    return HTMLResponse(rendered.html, headers=headers)


ROUTES: list[BaseRoute] = [
    Route("/outbox", list_mails, methods=["GET"]),
    Route("/outbox/{mail}", show_mail, methods=["GET"]),
    Route("/outbox/{mail}/html", show_html, methods=["GET"]),
]


def _check_is_local(request: BackendRequest) -> None:
    """Raise `resource_not_found` unless the request comes from this machine, by an address of ours (against DNS
    rebinding), and not through a proxy, which may be open to anybody."""
    own = own_origins(get_services(request).settings.public.url)
    hosts = {origin.partition("://")[2] for origin in own}
    is_local = request.client is not None and is_loopback_address(request.client.host)
    is_ours = request.headers.get("host", "").lower() in hosts and request.headers.get("origin") in {None, *own}
    if not is_local or not is_ours or came_through_proxy(request.scope):
        raise refusal("resource_not_found")


async def _load_mail(request: BackendRequest) -> tuple[Mail, RenderedMail]:
    _check_is_local(request)
    services = get_services(request)
    mail = await find_mail(services, request.path_params["mail"])
    rendered = await render_mail(services, mail) if mail else None
    if mail is None or rendered is None:
        raise refusal("resource_not_found")
    return mail, rendered


def _describe_mail(request: BackendRequest, mail: Mail) -> dict[str, Any]:
    """Return a mail for a template: its subject in its own language, the rest in the visitor's."""
    mail_locale, product = find_mail_locale(mail.language), get_services(request).settings.public.site_name
    with use_locale(mail_locale):
        subject = LETTERS[mail.kind].subject(product) if mail.kind in LETTERS else name_sms(mail)
    return {
        "id": mail.id,
        "recipient": mail.recipient,
        "subject": subject,
        "language": mail_locale.language.tag,
        "time": format_datetime(mail.created_at),
        "datetime": mail.created_at.isoformat(),
        "is_waiting": mail.delivered_at is None and mail.given_up_at is None,
    }
