"""Endpoints under /auth that need a session: who am I, my sessions, logging out."""

import re

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.http.requests import BackendRequest, json_body, query, read_client, services_of, signed_in
from backend.http.shapes import Json, done, seen_by, user_json
from backend.kernel import fields
from backend.kernel.refusals import invalid, refusal
from backend.rules import sessions
from backend.store.records import Session

LARGEST_LIMIT = 1000


async def user(request: BackendRequest) -> Response:
    return Json(user_json((await signed_in(request)).user))


async def listed(request: BackendRequest) -> Response:
    """All sessions, oldest first; with `limit` and `after` (a `token` of the list) a part of them. With `order` "own"
    the caller's own is the first and the others follow, newest first."""
    me, services = await signed_in(request), services_of(request)
    limit, after = _limit(request), query(request, "after")
    after = me.session.handle if after == me.token else after
    if query(request, "order") == "own":
        shown, total = await sessions.load_page(services, me, after=after, limit=limit or LARGEST_LIMIT)
    else:
        everything = await sessions.list_active(services, me.user)
        shown, total = _part(everything, after, limit), len(everything)
    return Json([seen_by(me, session) for session in shown], headers={"X-Total-Count": str(total)})


def _limit(request: BackendRequest) -> int | None:
    limit = query(request, "limit")
    if limit and not re.fullmatch("1000|[1-9][0-9]{0,2}", limit):
        raise invalid("limit", "limit must be a whole number from 1 to 1000.")
    return int(limit) if limit else None


def _part(everything: list[Session], after: str, limit: int | None) -> list[Session]:
    start = _index(everything, after) + 1 if after else 0
    return everything[start : start + limit] if limit else everything[start:]


def _index(everything: list[Session], handle: str) -> int:
    """To begin again would show some twice, to answer nothing would hide some: who asks is told to begin again."""
    for index, session in enumerate(everything):
        if session.handle == handle:
            return index
    raise refusal("session_not_found", param="after")


async def signout(request: BackendRequest) -> Response:
    """Ends this session, or the one named by `token`. What is nobody's session has ended already."""
    me, body = await signed_in(request), await json_body(request)
    token = body.get("token")
    await sessions.end_session(services_of(request), me, None if token is None else str(token))
    return done()


async def signout_all(request: BackendRequest) -> Response:
    await sessions.end_all_sessions(services_of(request), await signed_in(request), read_client(request))
    return done()


async def signout_all_except(request: BackendRequest) -> Response:
    await sessions.end_other_sessions(services_of(request), await signed_in(request), read_client(request))
    return done()


async def label(request: BackendRequest) -> Response:
    me, body = await signed_in(request), await json_body(request)
    which = fields.text(body.get("token"), "token")
    labelled = await sessions.label_session(services_of(request), me, which, body.get("label"))
    return Json(seen_by(me, labelled))


ROUTES: list[BaseRoute] = [
    Route("/user", user, methods=["GET"]),
    Route("/sessions", listed, methods=["GET"]),
    Route("/sessions/label", label, methods=["POST"]),
    Route("/signout", signout, methods=["POST"]),
    Route("/signout-all", signout_all, methods=["POST"]),
    Route("/signout-all-except", signout_all_except, methods=["POST"]),
]
