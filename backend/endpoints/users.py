"""One's own record of the model `users`, under /db/object, objects in its fields, and one's name."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from backend.endpoints import sub_objects
from backend.http.envelope import Json
from backend.http.record_changes import MODEL, read_field_name, read_instructions, read_values, require_model
from backend.http.requests import BackendRequest, authenticate, get_services, read_client, read_json, read_token
from backend.http.shapes import user_to_json
from backend.kernel.profile_fields import Changes
from backend.kernel.refusals import refusal
from backend.rules import leaving, profile
from backend.rules.profile import Renaming
from backend.rules.sessions import SignedIn


async def get(request: BackendRequest) -> Response:
    """Return one's own record: `{model, id}`."""
    me, body = await _read(request)
    if name := read_field_name(body):
        return await sub_objects.get(me, body, name)
    _require_own(me, body)
    return Json(user_to_json(me.user))


async def update(request: BackendRequest) -> Response:
    """Set fields of one's own record: `{model, id, values: {field: value}}`."""
    me, body = await _read(request)
    if name := read_field_name(body):
        return await sub_objects.update(request, me, body, name)
    _require_own(me, body)
    return await _update(request, me, read_values(body.get("values")))


async def update_fields(request: BackendRequest) -> Response:
    """Set, delete and update fields: `{model, id, updates: [{field, updateType, value?}]}`."""
    me, body = await _read(request)
    if name := read_field_name(body):
        return await sub_objects.update_fields(request, me, body, name)
    _require_own(me, body)
    return await _update(request, me, read_instructions(body.get("updates")))


async def rename(request: BackendRequest) -> Response:
    """Set one's own name: `{name, id?, expected?}`. With `id` only if one is that user, with `expected` only if the
    name is still that one. Answer with the user and the name `before`.

    The session is looked up where the name is set, so that a page needs one call and one transaction.
    """
    token, body = read_token(request), await read_json(request)
    renaming = Renaming(body.get("name"), body.get("id"), body.get("expected"))
    user, before = await profile.rename(get_services(request), token, renaming, read_client(request))
    return Json({"user": user_to_json(user), "before": before})


async def delete(request: BackendRequest) -> Response:
    """Leave: `{model, id}`. Altogic deletes at once; here it can be taken back for some days, see `leaving.leave`."""
    body = await read_json(request)
    if name := read_field_name(body):
        return await sub_objects.delete(request, body, name)
    if body.get("model") != MODEL:  # else `leave` asks for the session, and knows the second of two clicks
        await authenticate(request)
    require_model(body)
    await leaving.leave(get_services(request), read_token(request), body.get("id") or "", read_client(request))
    return Json(None)


async def create(request: BackendRequest) -> Response:
    """Refuse to make a record: a sign-up does."""
    await authenticate(request)
    require_model(await read_json(request))
    raise refusal("not_allowed")


ROUTES: list[Route] = [
    Route("/db/object/get", get, methods=["POST"]),
    Route("/account/name", rename, methods=["PUT"]),
    Route("/db/object/update", update, methods=["POST"]),
    Route("/db/object/update-fields", update_fields, methods=["POST"]),
    Route("/db/object/create", create, methods=["POST"]),
    Route("/db/object/delete", delete, methods=["POST"]),
]


async def _read(request: BackendRequest) -> tuple[SignedIn, dict[str, Any]]:
    return await authenticate(request), await read_json(request)


def _require_own(me: SignedIn, body: Mapping[str, Any]) -> None:
    """Raise `model_not_found`, or `permission_denied` for another user's record."""
    require_model(body)
    if body.get("id") != me.user.id:
        raise refusal("permission_denied", param="id")


async def _update(request: BackendRequest, me: SignedIn, changes: Changes) -> Response:
    services, client = get_services(request), read_client(request)
    return Json(user_to_json(await profile.update_profile(services, me.user, changes, client)))
