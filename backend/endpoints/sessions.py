"""Sessions: one's own user, the list of one's sessions, naming and ending them."""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json, done
from backend.http.requests import (
    LARGEST_LIMIT,
    BackendRequest,
    authenticate,
    get_services,
    is_poll,
    read_client,
    read_json,
    read_limit,
    read_query,
    read_token,
)
from backend.http.shapes import pending_email_to_json, session_to_json, user_to_json
from backend.kernel import fields
from backend.kernel.refusals import refusal
from backend.rules import session_list
from backend.rules.sessions import SignedIn
from backend.store.records import Session


async def show_user(request: BackendRequest) -> Response:
    return Json(user_to_json((await authenticate(request)).user))


async def show_me(request: BackendRequest) -> Response:
    """Answer with one's own user, whether they have a password, their newest sessions and how many there are, and a
    pending change of address, so that a page needs one call: `?sessions=` says how many, one's own among them."""
    limit = read_limit(request, "sessions") or 1
    services, token = get_services(request), read_token(request)
    found = await session_list.load_overview(services, token, limit, is_use=not is_poll(request))
    return Json(
        {
            "user": user_to_json(found.me.user),
            "hasPassword": found.me.user.password_hash is not None,
            "sessions": [_to_json(found.me, session) for session in found.sessions],
            "sessionCount": found.session_count,
            "pendingEmail": pending_email_to_json(found.pending_email, found.me.session),
        }
    )


async def list_sessions(request: BackendRequest) -> Response:
    """List one's sessions, oldest first; `X-Total-Count` says how many there are.

    `?limit=` and `?after=` (a `token` of the list) give a page of them; with `order=own` the caller's own is the first
    and the others follow, newest first.
    """
    me, services = await authenticate(request), get_services(request)
    limit, after = read_limit(request, "limit"), read_query(request, "after")
    after = me.session.handle if after == me.token else after
    if read_query(request, "order") == "own":
        page, total = await session_list.load_page(services, me, after=after, limit=limit or LARGEST_LIMIT)
    else:
        everything = await session_list.list_active(services, me.user)
        page, total = _cut_page(everything, after, limit), len(everything)
    return Json([_to_json(me, session) for session in page], headers={"X-Total-Count": str(total)})


async def end(request: BackendRequest) -> Response:
    """End this session, or the one named by `{token?}`. An unknown one has ended already: no error."""
    me, body = await authenticate(request), await read_json(request)
    token = body.get("token")
    which = None if token is None else str(token)
    await session_list.end_session(get_services(request), me, which, read_client(request))
    return done()


async def end_all(request: BackendRequest) -> Response:
    await session_list.end_all_sessions(get_services(request), await authenticate(request), read_client(request))
    return done()


async def end_others(request: BackendRequest) -> Response:
    await session_list.end_other_sessions(get_services(request), await authenticate(request), read_client(request))
    return done()


async def set_label(request: BackendRequest) -> Response:
    """Name a session: `{token, label}`."""
    me, body = await authenticate(request), await read_json(request)
    handle_or_token = fields.text(body.get("token"), "token")
    session = await session_list.label_session(get_services(request), me, handle_or_token, body.get("label"))
    return Json(_to_json(me, session))


ROUTES: list[Route] = [
    Route("/account/me", show_me, methods=["GET"]),
    Route("/auth/user", show_user, methods=["GET"]),
    Route("/auth/sessions", list_sessions, methods=["GET"]),
    Route("/auth/sessions/label", set_label, methods=["POST"]),
    Route("/auth/signout", end, methods=["POST"]),
    Route("/auth/signout-all", end_all, methods=["POST"]),
    Route("/auth/signout-all-except", end_others, methods=["POST"]),
]


def _to_json(me: SignedIn, session: Session) -> dict[str, Any]:
    """Return a session's JSON, with its token only to itself."""
    return session_to_json(session, me.token if session.id == me.session.id else session.handle)


def _cut_page(everything: list[Session], after: str, limit: int | None) -> list[Session]:
    start = _find_index(everything, after) + 1 if after else 0
    return everything[start : start + limit] if limit else everything[start:]


def _find_index(everything: list[Session], handle: str) -> int:
    """Return the index of a session in the list. Raises `session_not_found` for one that is gone: neither the first
    page again nor an empty one would be right."""
    for index, session in enumerate(everything):
        if session.handle == handle:
            return index
    raise refusal("session_not_found", param="after")
