"""Forms about passwords. The one at the end of a mailed link is in web/pages/links/forms.py."""

from collections.abc import Mapping

from web.api.errors import ApiError
from web.api.shapes import User
from web.forms import others
from web.forms.base import Form
from web.forms.checks import check_new_password
from web.i18n.locale import gettext as _
from web.pages.entry.forms import EmailForm


class ForgottenForm(EmailForm):
    """The address of an account whose password is forgotten, and where its log-in is to lead."""

    fields = ("email", "next")


class ChangeForm(Form):
    """The current password and a new one, which is not made of `own`: the user's address and name.

    `is_first`: the form has no field for a current password, for there is none yet.
    """

    fields = ("current_password", "new_password", others.FIELD)
    secret = ("current_password", "new_password")

    def __init__(self, typed: Mapping[str, str], *, password_minimum: int, user: User) -> None:
        super().__init__(typed)
        self.password_minimum = password_minimum
        self.own = (user.email, user.name)
        self.is_first = "current_password" not in typed

    def check(self) -> None:
        if not self.is_first:
            self.require("current_password", _("Enter your current password."))
        check_new_password(self, "new_password", self.password_minimum, own=self.own)

    def reject(self, refused: ApiError) -> None:
        super().reject(refused)
        self.is_first = self.is_first and "current_password" not in self.errors
