"""Endpoints under /db/object: one's own record of the model `users`."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.http.requests import BackendRequest, json_body, services_of, signed_in
from backend.http.shapes import Json, user_json
from backend.kernel.profile_fields import Changes, changes_from, is_protected, set_field, unset_field
from backend.kernel.refusals import Problems, RefusalError, invalid, refusal
from backend.rules import profile
from backend.rules.sessions import SignedIn


async def get(request: BackendRequest) -> Response:
    me, _ = await _own_record(request)
    return Json(user_json(me.user))


async def update(request: BackendRequest) -> Response:
    me, body = await _own_record(request)
    values = body.get("values")
    if not isinstance(values, Mapping):
        raise invalid("values", "values must be an object of fields.")
    return await _changed(request, me, changes_from(values))


async def update_fields(request: BackendRequest) -> Response:
    me, body = await _own_record(request)
    updates = body.get("updates")
    listed = [updates] if isinstance(updates, Mapping) else updates
    if not isinstance(listed, list) or not listed:
        raise invalid("updates", "updates must be a list of instructions.")
    return await _changed(request, me, _changes_of(listed))


async def not_offered(request: BackendRequest) -> Response:
    await _own_record(request, needs_id=False)
    raise refusal("not_allowed")


ROUTES: list[BaseRoute] = [
    Route("/get", get, methods=["POST"]),
    Route("/update", update, methods=["POST"]),
    Route("/update-fields", update_fields, methods=["POST"]),
    Route("/create", not_offered, methods=["POST"]),
    Route("/delete", not_offered, methods=["POST"]),
]


async def _own_record(request: BackendRequest, *, needs_id: bool = True) -> tuple[SignedIn, dict[str, Any]]:
    me, body = await signed_in(request), await json_body(request)
    if body.get("model") != "users":
        raise refusal("model_not_found", param="model")
    if needs_id and body.get("id") != me.user.id:
        raise refusal("permission_denied", param="id")
    return me, body


async def _changed(request: BackendRequest, me: SignedIn, wanted: Changes) -> Response:
    return Json(user_json(await profile.update_profile(services_of(request), me.user, wanted)))


def _changes_of(instructions: list[Any]) -> Changes:
    wanted, problems = Changes(), Problems()
    for instruction in instructions:
        try:
            _note(wanted, instruction)
        except RefusalError as found:
            problems.note(found)
    problems.raise_if_any()
    return wanted


def _note(wanted: Changes, instruction: Any) -> None:
    field, kind = _parts(instruction)
    if is_protected(field):
        raise refusal("invalid_field", param=field)
    if kind == "unset":
        unset_field(wanted, field)
    elif kind == "set":
        set_field(wanted, field, instruction.get("value"))
    else:
        raise invalid(field, "Only set and unset are offered here.")


def _parts(instruction: Any) -> tuple[str, Any]:
    field = instruction.get("field") if isinstance(instruction, Mapping) else None
    if not isinstance(field, str) or not field:
        raise invalid("updates", "Each instruction must name its field.")
    return field[:100], instruction.get("updateType")
