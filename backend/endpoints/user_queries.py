"""Queries of the model `users`, under /db. What they find is one's own record, if it is meant, and never another."""

from functools import partial
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json
from backend.http.pagination import page_to_json, read_positive
from backend.http.record_changes import read_instructions, read_values, require_model
from backend.http.record_queries import RecordQuery, is_count_wanted, read_record_query
from backend.http.requests import BackendRequest, authenticate, get_services, read_client, read_json
from backend.http.shapes import user_to_json
from backend.kernel.profile_fields import Changes
from backend.rules import profile
from backend.rules.sessions import SignedIn
from backend.store.records import User


async def get_list(request: BackendRequest) -> Response:
    """Find records: `{model, query, returnCountInfo?}`."""
    me, body, query = await _read(request)
    found = query.find(user_to_json(me.user))
    shown = found if query.number == 1 else []
    counted = is_count_wanted(body.get("returnCountInfo"))
    return Json(page_to_json(shown, len(found), query.number, query.limit) if counted else shown)


async def get_single(request: BackendRequest) -> Response:
    """Find the first record, or null: `{model, query}`."""
    me, _, query = await _read(request)
    return Json(next(iter(query.find(user_to_json(me.user))), None))


async def get_random(request: BackendRequest) -> Response:
    """Find so many records: `{model, query, count}`."""
    me, body, query = await _read(request)
    read_positive(body, "count", 1, 1_000_000, param="count")
    return Json(query.find(user_to_json(me.user)))


async def update(request: BackendRequest) -> Response:
    """Set fields: `{model, query, values}`. Answer with `{totalMatch, updated}`."""
    me, body, query = await _read(request)
    return await _update(request, me, query, read_values(body.get("values")))


async def update_fields(request: BackendRequest) -> Response:
    """Set, delete and update fields: `{model, query, updates}`. Answer with `{totalMatch, updated}`."""
    me, body, query = await _read(request)
    return await _update(request, me, query, read_instructions(body.get("updates")))


ROUTES: list[Route] = [
    Route("/db/get-list", get_list, methods=["POST"]),
    Route("/db/get-single", get_single, methods=["POST"]),
    Route("/db/get-random", get_random, methods=["POST"]),
    Route("/db/update", update, methods=["POST"]),
    Route("/db/update-fields", update_fields, methods=["POST"]),
]


async def _read(request: BackendRequest) -> tuple[SignedIn, dict[str, Any], RecordQuery]:
    me, body = await authenticate(request), await read_json(request)
    require_model(body)
    return me, body, read_record_query(body.get("query"))


async def _update(request: BackendRequest, me: SignedIn, query: RecordQuery, changes: Changes) -> Response:
    client, is_meant = read_client(request), partial(_is_meant, query)
    updated = await profile.update_matching(get_services(request), me.user, changes, client, is_meant)
    return Json({"totalMatch": int(updated), "updated": int(updated)})


def _is_meant(query: RecordQuery, user: User) -> bool:
    return query.matches(user_to_json(user))
