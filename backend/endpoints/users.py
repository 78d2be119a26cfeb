"""One's own record of the model `users`, under /db/object, and one's name."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json
from backend.http.requests import BackendRequest, authenticate, get_services, read_client, read_json, read_token
from backend.http.shapes import user_to_json
from backend.kernel.profile_fields import Changes, is_protected, read_changes, set_field, unset_field
from backend.kernel.refusals import Problems, invalid, refusal
from backend.rules import profile
from backend.rules.profile import Renaming
from backend.rules.sessions import SignedIn


async def get(request: BackendRequest) -> Response:
    """Return one's own record: `{model, id}`."""
    me, _ = await _read_own(request)
    return Json(user_to_json(me.user))


async def update(request: BackendRequest) -> Response:
    """Set fields of one's own record: `{model, id, values: {field: value}}`."""
    me, body = await _read_own(request)
    values = body.get("values")
    if not isinstance(values, Mapping):
        raise invalid("values", "values must be an object of fields.")
    return await _update(request, me, read_changes(values))


async def update_fields(request: BackendRequest) -> Response:
    """Set and delete fields: `{model, id, updates: [{field, updateType: "set" or "unset", value?}]}`."""
    me, body = await _read_own(request)
    updates = body.get("updates")
    instructions = [updates] if isinstance(updates, Mapping) else updates
    if not isinstance(instructions, list) or not instructions:
        raise invalid("updates", "updates must be a list of instructions.")
    return await _update(request, me, _read_instructions(instructions))


async def rename(request: BackendRequest) -> Response:
    """Set one's own name: `{name, id?, expected?}`. With `id` only if one is that user, with `expected` only if the
    name is still that one. Answer with the user and the name `before`.

    The session is looked up where the name is set, so that a page needs one call and one transaction.
    """
    token, body = read_token(request), await read_json(request)
    renaming = Renaming(body.get("name"), body.get("id"), body.get("expected"))
    user, before = await profile.rename(get_services(request), token, renaming, read_client(request))
    return Json({"user": user_to_json(user), "before": before})


async def refuse(request: BackendRequest) -> Response:
    await _read_own(request, needs_id=False)
    raise refusal("not_allowed")


ROUTES: list[Route] = [
    Route("/db/object/get", get, methods=["POST"]),
    Route("/account/name", rename, methods=["PUT"]),
    Route("/db/object/update", update, methods=["POST"]),
    Route("/db/object/update-fields", update_fields, methods=["POST"]),
    Route("/db/object/create", refuse, methods=["POST"]),
    Route("/db/object/delete", refuse, methods=["POST"]),
]


async def _read_own(request: BackendRequest, *, needs_id: bool = True) -> tuple[SignedIn, dict[str, Any]]:
    """Return the user and the body. Raises `model_not_found`, or `permission_denied` for another user's record."""
    me, body = await authenticate(request), await read_json(request)
    if body.get("model") != "users":
        raise refusal("model_not_found", param="model")
    if needs_id and body.get("id") != me.user.id:
        raise refusal("permission_denied", param="id")
    return me, body


async def _update(request: BackendRequest, me: SignedIn, changes: Changes) -> Response:
    services, client = get_services(request), read_client(request)
    return Json(user_to_json(await profile.update_profile(services, me.user, changes, client)))


def _read_instructions(instructions: list[Any]) -> Changes:
    changes = Changes()
    with Problems() as problems:
        for instruction in instructions:
            problems.call(_add_instruction, changes, instruction)
    return changes


def _add_instruction(changes: Changes, instruction: Any) -> None:
    field, kind = _parse_instruction(instruction)
    if is_protected(field):
        raise refusal("invalid_field", param=field)
    if kind == "unset":
        unset_field(changes, field)
    elif kind == "set":
        set_field(changes, field, instruction.get("value"))
    else:
        raise invalid(field, "Only set and unset are offered here.")


def _parse_instruction(instruction: Any) -> tuple[str, Any]:
    field = instruction.get("field") if isinstance(instruction, Mapping) else None
    if not isinstance(field, str) or not field:
        raise invalid("updates", "Each instruction must name its field.")
    return field[:100], instruction.get("updateType")
