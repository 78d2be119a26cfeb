"""Requests for a mail to any address. Against user enumeration all of them are answered alike."""

from collections.abc import Awaitable, Callable

from starlette.responses import Response

from backend.http.envelope import done
from backend.http.requests import BackendRequest, get_services, read_client, read_query
from backend.kernel import fields
from backend.kernel.fields import Address
from backend.kernel.refusals import refusal
from backend.rules.context import ClientInfo, Services
from serving.addresses import is_international
from serving.constant_time import MAIL, pad_response_time

Send = Callable[[Services, Address, ClientInfo], Awaitable[None]]


async def answer_mail_request(request: BackendRequest, send: Send) -> Response:
    """Send a mail to the query's `email`: the same answer for every valid address, after the same time (timing
    attack), whether or not it has an account."""
    pad_response_time(request, MAIL)
    email = fields.email_in_query(read_query(request, "email"))
    check_can_be_mailed(request, email, "email")
    await send(get_services(request), email, read_client(request))
    return done()


def check_can_be_mailed(request: BackendRequest, email: Address, param: str) -> None:
    """Raise `unsupported_email` for an address that the mail server cannot take, as far as that is known yet."""
    if is_international(email.typed) and get_services(request).mail_server.takes_utf8 is False:
        raise refusal("unsupported_email", param=param)
