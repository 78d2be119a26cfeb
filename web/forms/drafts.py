"""What was typed into a form whose session had ended: kept in a signed cookie, and shown again after the log-in.

Once, and only to the person who typed it: the forms of signed-in pages say whose they are.
"""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from web.api.shapes import User
from web.http import owner
from web.http.cookies import size_of
from web.state import site_of

LARGEST = 2048  # bytes
NEVER_KEPT = (
    "password",
    "new_password",
    "current_password",
    "code",
    "avatar",
    "next",
    "language",
    "timezone",
    "choose",
    "edit",
)


def draft_of(request: Request[Any], fields: dict[str, str]) -> dict[str, Any]:
    """Of what was sent to the page of this request."""
    return draft_at(request.scope["path"], fields)


def draft_at(path: str, fields: dict[str, str]) -> dict[str, Any]:
    """`{path, fields}` without secrets; empty where there is nothing to keep, or too much."""
    kept = {name: value for name, value in fields.items() if name not in NEVER_KEPT}
    draft = {"path": path, "fields": kept}
    return draft if kept.keys() - {owner.FIELD} and size_of(draft) <= LARGEST else {}


def keep(request: Request[Any], response: Response, draft: dict[str, Any]) -> None:
    if draft:
        site_of(request).cookies.draft.write(request, response, draft)


def restore_typed(request: Request[Any]) -> dict[str, str]:
    """The fields kept for the form of this page, or an empty dictionary."""
    draft = site_of(request).cookies.draft.read(request)
    fields = draft.get("fields")
    if draft.get("path") != request.scope["path"] or not isinstance(fields, dict):
        return {}
    user = request.scope["state"].get("user")
    theirs = not isinstance(user, User) or owner.is_owner(user, str(fields.get(owner.FIELD, "")))
    return {str(name): str(value) for name, value in fields.items()} if theirs else {}


def shown(request: Request[Any], response: Response) -> Response:
    """The page holds it now, so the cookie need not."""
    if restore_typed(request):
        site_of(request).cookies.draft.clear(request, response)
    return response
