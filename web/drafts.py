"""What was typed into a form whose session had ended: kept in a signed cookie, and shown again after the log-in."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from web.cookies import size_of
from web.forms import Form
from web.state import site_of

LARGEST = 2048  # bytes
NEVER_KEPT = ("password", "new_password", "current_password", "code", "avatar", "next")


def keep(request: Request[Any], response: Response, fields: dict[str, str]) -> None:
    kept = {name: value for name, value in fields.items() if name not in NEVER_KEPT}
    draft = {"path": request.scope["path"], "fields": kept}
    if kept and size_of(draft) <= LARGEST:
        site_of(request).cookies.draft.write(response, draft)


def typed_before(request: Request[Any]) -> dict[str, str]:
    """The fields kept for the form of this page, or an empty dictionary."""
    draft = site_of(request).cookies.draft.read(request)
    fields = draft.get("fields") if draft.get("path") == request.scope["path"] else None
    return {str(name): str(value) for name, value in fields.items()} if isinstance(fields, dict) else {}


def drop(request: Request[Any], response: Response) -> None:
    if site_of(request).cookies.draft.read(request):
        site_of(request).cookies.draft.clear(response)


def restored(request: Request[Any], form: type[Form]) -> Form | None:
    """The form as it was left, or None."""
    typed = typed_before(request)
    return form(typed) if typed else None
