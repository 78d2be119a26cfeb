"""Access tokens of mailed links: what one is for, trading it for a session, "This wasn't me"."""

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json, done
from backend.http.identity_shapes import token_status_to_json
from backend.http.requests import BackendRequest, get_services, read_access_key, read_client
from backend.http.shapes import link_status_to_json, new_session_to_json
from backend.rules import access_tokens
from backend.rules.proven_identities import describe_token


async def grant(request: BackendRequest) -> Response:
    """Trade an access token for a session, once: `?key=`."""
    services, token = get_services(request), read_access_key(request)
    return Json(new_session_to_json(await access_tokens.grant_session(services, token, read_client(request))))


async def describe(request: BackendRequest) -> Response:
    """Describe the link of an access token, or of the handle that came with a failed link: `?key=`."""
    services, token = get_services(request), read_access_key(request)
    if status := await describe_token(services, token):
        return Json(token_status_to_json(status))
    return Json(link_status_to_json(await access_tokens.describe_link(services, token, read_client(request))))


async def disown(request: BackendRequest) -> Response:
    """Take back what the mail of an access token tells of, "This wasn't me": `?key=`."""
    await access_tokens.disown_mail(get_services(request), read_access_key(request), read_client(request))
    return done()


ROUTES: list[Route] = [
    Route("/auth/grant", grant, methods=["GET"]),
    Route("/auth/access-token", describe, methods=["GET"]),
    Route("/auth/access-token/disown", disown, methods=["POST"]),
]
