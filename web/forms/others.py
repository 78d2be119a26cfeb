"""The box "Log out everywhere else", of forms after which nobody else may be meant to stay (OWASP ASVS 7.4.3)."""

from typing import Any, ClassVar

from starlette.requests import Request

from web.forms import drafts
from web.forms.base import Form
from web.i18n.locale import gettext as _

FIELD = "end_others"


class OthersForm(Form):
    """Whether other browsers are logged out, and nothing else."""

    fields: ClassVar[tuple[str, ...]] = (FIELD,)


def restore_typed(request: Request[Any]) -> dict[str, str]:
    """Return what was typed into the form of this page before an interruption; before anything was, a ticked box."""
    return {FIELD: "yes", **drafts.restore_draft(request)}


def add_others(flash: str, form: Form) -> str:
    """Add to what was done that the others are logged out, where they are."""
    return " ".join([flash, _("You’re logged out everywhere else.")]) if form[FIELD] else flash
