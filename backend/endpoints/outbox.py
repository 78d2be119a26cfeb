"""/outbox: the mails of a machine without a mail server, for whoever sits at it."""

from typing import Any

from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from backend.http.pages import GUARDED, page
from backend.http.requests import BackendRequest, find_locale, services_of
from backend.kernel.refusals import refusal
from backend.mail.letters import LETTERS
from backend.mail.templates import RenderedMail, find_mail_locale, format_datetime
from backend.rules.outbox import render_mail
from backend.store.records import Mail
from serving.origins import is_loopback_address, own_origins
from serving.proxies import came_through_proxy
from translations import use_locale

SHOWN = 100
# A mail may style itself and open its link, nothing else.
SANDBOX = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
    " sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
)


async def listed(request: BackendRequest) -> Response:
    _check_is_here(request)
    mails = await services_of(request).store.read(lambda queries: queries.mails.list_newest(SHOWN))
    with use_locale(find_locale(request)):
        return page(request, "outbox.html", mails=[_row(mail) for mail in mails])


async def shown(request: BackendRequest) -> Response:
    mail, rendered = await _read(request)
    before, found, after = rendered.text.partition(rendered.link)
    with use_locale(find_locale(request)):
        return page(request, "mail.html", mail=_row(mail), rendered=rendered, before=before, link=found, after=after)


async def alone(request: BackendRequest) -> Response:
    _mail, rendered = await _read(request)
    headers = {**GUARDED, "Content-Security-Policy": SANDBOX, "Referrer-Policy": "no-referrer"}
    return HTMLResponse(rendered.html, headers=headers)


ROUTES: list[BaseRoute] = [
    Route("/outbox", listed, methods=["GET"]),
    Route("/outbox/{mail}", shown, methods=["GET"]),
    Route("/outbox/{mail}/html", alone, methods=["GET"]),
]


def _check_is_here(request: BackendRequest) -> None:
    """Only from this machine, by an address of ours and not through a proxy, which may be open to anybody.

    Any other name that points here may be a stranger's doing.
    """
    own = own_origins(services_of(request).settings.public.url)
    hosts = {origin.partition("://")[2] for origin in own}
    near = request.client is not None and is_loopback_address(request.client.host)
    is_ours = request.headers.get("host", "").lower() in hosts and request.headers.get("origin") in {None, *own}
    if not near or not is_ours or came_through_proxy(request.scope):
        raise refusal("resource_not_found")


async def _read(request: BackendRequest) -> tuple[Mail, RenderedMail]:
    _check_is_here(request)
    services, mail_id = services_of(request), request.path_params["mail"]
    mail = await services.store.read(lambda queries: queries.mails.find_by_id(mail_id))
    rendered = await render_mail(services, mail) if mail else None
    if mail is None or rendered is None:
        raise refusal("resource_not_found")
    return mail, rendered


def _row(mail: Mail) -> dict[str, Any]:
    """What is said of a mail: its own subject in its own language, all else in the reader's."""
    written_for = find_mail_locale(mail.language)
    with use_locale(written_for):
        subject = LETTERS[mail.kind].subject() if mail.kind in LETTERS else mail.kind
    return {
        "id": mail.id,
        "recipient": mail.recipient,
        "subject": subject,
        "language": written_for.language.tag,
        "time": format_datetime(mail.created_at),
        "datetime": mail.created_at.isoformat(),
    }
