"""The name that a person gives to a session."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from web.forms import drafts
from web.http.body import read_form
from web.i18n.locale import gettext as _
from web.pages.sessions.forms import LabelForm
from web.pages.sessions.list import redirect_ended_already
from web.pages.sessions.rows import Row, find_row, locate_row, read_marks
from web.rendering.pages import Page, fragment_or_redirect
from web.state import SignedIn

ROW = "partials/sessions/session_row.html"
LABEL = Page("templates/sessions/label.html", fragment=ROW)


@dataclass(frozen=True)
class LabelEdit:
    """The name of a session while it is edited."""

    form: LabelForm
    is_restored: bool = False  # from a draft


async def show(request: Request[SignedIn]) -> Response:
    """Show the row with a form for its name."""
    row = await find_row(request)
    if row is None:
        return redirect_ended_already(request)
    typed = drafts.restore_draft(request)
    edit = LabelEdit(LabelForm(typed or {"label": row.session.label}), is_restored=bool(typed))
    marks = read_marks({**request.query_params, **typed})
    return drafts.clear_draft(request, await _show(request, row, edit, marks))


async def submit(request: Request[SignedIn]) -> Response:
    """Save the name; an empty one removes it."""
    typed = await read_form(request)
    form, row, marks = LabelForm(typed), await find_row(request), read_marks(typed)
    if row is None:
        return redirect_ended_already(request)
    if form.is_valid():
        with form.taking_refusals():
            await request.state["api"].label_session(row.session.token, form["label"])
    if form.has_errors:
        return await _show(request, row, LabelEdit(form), marks)
    flash = _("Name saved.") if form["label"] else _("Name removed.")
    return _show_saved(request, await find_row(request) or row, marks, flash)


async def _show(request: Request[SignedIn], row: Row, edit: LabelEdit, marks: dict[str, str]) -> Response:
    return await LABEL.show(request, form=edit.form, row=row, edit=edit, focus="", marks=marks)


def _show_saved(request: Request[SignedIn], row: Row, marks: dict[str, str], flash: str) -> Response:
    shown: dict[str, Any] = {"row": row, "edit": None, "focus": f"label-{row.id}", "marks": marks}
    return fragment_or_redirect(request, ROW, to=locate_row(row.id, marks), flash=flash, **shown)
