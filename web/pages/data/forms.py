"""Forms about leaving."""

from web.forms.base import Form
from web.i18n.locale import gettext as _


class LeaveForm(Form):
    """A box to tick, so that nobody leaves by a slip of the hand."""

    fields = ("sure",)

    def check(self) -> None:
        self.require("sure", _("Tick the box if you want to delete your account."))
