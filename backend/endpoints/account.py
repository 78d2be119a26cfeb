"""Endpoints of our own beside Altogic's, below /account: what a site of ours needs to know of a registration."""

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.http.requests import BackendRequest, access_key, json_body, query, read_client, services_of, signed_in
from backend.http.shapes import Json, opened_json, pending_json
from backend.kernel import fields
from backend.kernel.refusals import Problems
from backend.rules import access_tokens, emails, pending_mail


async def confirm(request: BackendRequest) -> Response:
    """The address of a mailed link, with a password chosen now, and a name."""
    token, body = access_key(request), await json_body(request)
    problems, name = Problems(), body.get("name") or None
    password = problems.read(lambda: fields.password(body.get("newPassword"), "newPassword"))
    clean = problems.read(lambda: fields.name(name)) if name is not None else None
    problems.raise_if_any()
    opened = await access_tokens.confirm_with_new_password(
        services_of(request), token, password=str(password), name=clean, client=read_client(request)
    )
    return Json(opened_json(opened))


async def pending(request: BackendRequest) -> Response:
    """How the registration stands that was typed in the asking browser, and what became of its mail."""
    email = fields.queried_email(query(request, "email"))
    return Json(pending_json(await pending_mail.find_pending(services_of(request), email, read_client(request))))


async def email(request: BackendRequest) -> Response:
    """Whether the caller's address was lately changed to what it is, by the link mailed there."""
    return Json({"isNew": await emails.has_new_email(services_of(request), await signed_in(request))})


ROUTES: list[BaseRoute] = [
    Route("/email", email, methods=["GET"]),
    Route("/pending", pending, methods=["GET"]),
    Route("/registration/confirm", confirm, methods=["POST"]),
]
