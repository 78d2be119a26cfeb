"""The box "Log out everywhere else", of forms after which nobody else may be meant to stay (OWASP ASVS 7.4.3)."""

from typing import ClassVar

from web.forms.base import Form
from web.i18n.locale import gettext as _

FIELD = "end_others"
TICKED = {FIELD: "yes"}  # before anything was typed


class OthersForm(Form):
    """Whether other browsers are logged out, and nothing else."""

    fields: ClassVar[tuple[str, ...]] = (FIELD,)


def add_others(flash: str, form: Form) -> str:
    """Add to what was done that the others are logged out, where they are."""
    return " ".join([flash, _("You’re logged out everywhere else.")]) if form[FIELD] else flash
