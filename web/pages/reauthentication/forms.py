"""The form of the re-authentication."""

from web.api.errors import ApiError
from web.forms.base import Form
from web.i18n.locale import gettext as _


class ConfirmForm(Form):
    """The current password, and where to go on."""

    fields = ("current_password", "next")
    secret = ("current_password",)

    def check(self) -> None:
        self.require("current_password", _("Enter your current password."))

    def reject(self, refused: ApiError) -> None:
        if "invalid_credentials" in refused.codes:
            self.errors["current_password"] = _("This isn’t your current password.")
        else:
            super().reject(refused)
