"""Requests for a mail to any address. Against user enumeration all of them are answered alike."""

from collections.abc import Awaitable, Callable

from starlette.responses import Response

from backend.http.envelope import Json
from backend.http.requests import BackendRequest, get_services, read_client, read_query
from backend.kernel import fields
from backend.kernel.fields import Address
from backend.kernel.refusals import refusal
from backend.rules.context import ClientInfo, Services
from backend.rules.references import make_reference, write_reference
from serving.addresses import is_international
from serving.constant_time import MAIL, pad_response_time

Send = Callable[[Services, Address, ClientInfo], Awaitable[None]]


async def answer_mail_request(request: BackendRequest, send: Send) -> Response:
    """Send a mail to the query's `email`: the same answer for every valid address, after the same time (timing
    attack), whether or not it has an account. It is `{reference}`, with which the code in the mail can be used."""
    pad_response_time(request, MAIL)
    email = fields.email_in_query(read_query(request, "email"))
    check_can_be_mailed(request, email, "email")
    services, client = get_services(request), read_client(request)
    await send(services, email, client)
    return Json(reference_to_json(services, email, client))


def reference_to_json(services: Services, email: Address, client: ClientInfo) -> dict[str, str]:
    """Return the JSON of the client's reference for mails to this address, empty for a client without codes."""
    reference = make_reference(services, email, client)
    return {"reference": write_reference(services, reference)} if reference else {}


def check_can_be_mailed(request: BackendRequest, email: Address, param: str) -> None:
    """Raise `unsupported_email` for an address that the mail server cannot take, as far as that is known yet."""
    if is_international(email.typed) and get_services(request).mail_server.takes_utf8 is False:
        raise refusal("unsupported_email", param=param)
