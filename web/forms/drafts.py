"""Drafts: what was typed into a form whose session had ended, in a signed cookie until the form is shown again.

A draft is restored once, and only for the person who typed it: forms of signed-in pages name their owner.
"""

from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from web.api.shapes import User
from web.http import owner
from web.http.body import read_form
from web.http.signed_cookies import measure_note
from web.state import site_of

LARGEST = 2048  # bytes
SECRETS_ALONE = ("/profile/password", "/confirm")  # paths of forms in which nothing is typed that may be kept
BOX = "box"  # the field that names a box which is ticked at first: of one that is not, browsers send nothing
LEFT_OUT = (
    BOX,
    "password",
    "new_password",
    "current_password",
    "code",
    "recovery_code",
    "credential",
    "purpose",
    "avatar",
    "next",
    "language",
    "timezone",
    "choose",
    "end_others",
    "on",
    "edit",
)


async def read_draft(request: Request[Any]) -> dict[str, Any]:
    """Return the draft of the form that was sent; {} for a page that is only read, or a form that cannot be."""
    if request.method != "POST":
        return {}
    try:
        return make_draft(request.scope["path"], await read_form(request))
    except HTTPException:
        return {}


def make_draft(path: str, fields: dict[str, str]) -> dict[str, Any]:
    """Return `{"path": ..., "fields": {name: value}}` without secrets; {} where nothing is left, or too much.

    A box that is ticked at first is kept, as "", where it is not any more.
    """
    left_out = fields.keys() - {owner.FIELD} if path in SECRETS_ALONE else LEFT_OUT
    kept = {name: value for name, value in fields.items() if name not in left_out}
    if BOX in fields and fields[BOX] not in fields:
        kept[fields[BOX]] = ""
    draft = {"path": path, "fields": kept}
    return draft if kept.keys() - {owner.FIELD} and measure_note(draft) <= LARGEST else {}


def save_draft(request: Request[Any], response: Response, draft: dict[str, Any]) -> None:
    """Write a draft, unless it is empty, into its cookie."""
    if draft:
        site_of(request).cookies.draft.write(request, response, draft)


def restore_draft(request: Request[Any]) -> dict[str, str]:
    """Return the fields saved for the form of this page, or {}."""
    draft = site_of(request).cookies.draft.read(request)
    fields = draft.get("fields")
    if draft.get("path") != request.scope["path"] or not isinstance(fields, dict):
        return {}
    user = request.scope["state"].get("user")
    theirs = not isinstance(user, User) or owner.is_owner(user, str(fields.get(owner.FIELD, "")))
    return {str(name): str(value) for name, value in fields.items()} if theirs else {}


def has_draft(request: Request[Any], path: str) -> bool:
    """Tell whether something typed into the form of a page is kept."""
    draft = site_of(request).cookies.draft.read(request)
    return bool(path) and draft.get("path") == path and has_text(draft)


def has_text(draft: Mapping[str, Any]) -> bool:
    """Tell whether something typed is kept in a draft, and not only that a box was left empty."""
    fields = draft.get("fields", {})
    return any(value for name, value in fields.items() if name != owner.FIELD)


def clear_draft(request: Request[Any], response: Response) -> Response:
    """Delete the draft's cookie once its form was rendered."""
    if restore_draft(request):
        site_of(request).cookies.draft.clear(request, response)
    return response
