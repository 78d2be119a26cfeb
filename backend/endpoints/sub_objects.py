"""Objects in a free field of one's own record, under /db: the model is `users.` and the field's name."""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json
from backend.http.record_changes import list_instructions, read_field_name
from backend.http.requests import BackendRequest, authenticate, get_services, read_json
from backend.http.shapes import user_to_json
from backend.kernel.refusals import refusal
from backend.rules import sub_objects
from backend.rules.sessions import SignedIn
from backend.rules.sub_objects import Field, read_field
from backend.store.records import User


async def append(request: BackendRequest) -> Response:
    """Append an object or several to a list: `{model, parentId, values, returnTop?}`."""
    field, body = await _read_child(request)
    user, made = await sub_objects.append_sub_objects(get_services(request), field, body.get("values"))
    return _answer(body, user, made)


async def set_object(request: BackendRequest) -> Response:
    """Set a field to an object: `{model, parentId, values, returnTop?}`."""
    field, body = await _read_child(request)
    user, made = await sub_objects.set_sub_object(get_services(request), field, body.get("values"))
    return _answer(body, user, made)


async def get(me: SignedIn, body: dict[str, Any], name: str) -> Response:
    """Return an object, or null: `{model, id}`."""
    return Json(sub_objects.find_sub_object(read_field(me.user, name), body.get("id")))


async def update(request: BackendRequest, me: SignedIn, body: dict[str, Any], name: str) -> Response:
    """Set values of an object: `{model, id, values}`."""
    field = read_field(me.user, name)
    services, values = get_services(request), body.get("values")
    return _answer(body, *await sub_objects.update_sub_object(services, field, body.get("id"), values))


async def update_fields(request: BackendRequest, me: SignedIn, body: dict[str, Any], name: str) -> Response:
    """Set, delete and update fields of an object: `{model, id, updates}`."""
    field = read_field(me.user, name)
    services, instructions = get_services(request), list_instructions(body.get("updates"))
    return _answer(body, *await sub_objects.update_sub_object_fields(services, field, body.get("id"), instructions))


async def delete(request: BackendRequest, body: dict[str, Any], name: str) -> Response:
    """Delete an object: `{model, id}`. Answers null."""
    field = read_field((await authenticate(request)).user, name)
    return _answer(body, await sub_objects.delete_sub_object(get_services(request), field, body.get("id")), None)


ROUTES: list[Route] = [
    Route("/db/append", append, methods=["POST"]),
    Route("/db/set", set_object, methods=["POST"]),
    Route("/db/object/append", append, methods=["POST"]),
    Route("/db/object/set", set_object, methods=["POST"]),
]


async def _read_child(request: BackendRequest) -> tuple[Field, dict[str, Any]]:
    """Return the field of a new object, and the body. Raises `permission_denied` for another user's."""
    me, body = await authenticate(request), await read_json(request)
    name = read_field_name(body)
    if not name:
        raise refusal("model_not_found", param="model")
    if body.get("parentId") != me.user.id:
        raise refusal("permission_denied", param="parentId")
    return read_field(me.user, name), body


def _answer(body: dict[str, Any], user: User, made: Any) -> Response:
    """Answer with the object, or where `returnTop` is asked for with the user."""
    options = body.get("options")
    is_top = body.get("returnTop") is True or (isinstance(options, dict) and options.get("returnTop") is True)
    return Json(user_to_json(user) if is_top else made)
