"""The form for a new address."""

from collections.abc import Mapping

from web.api.errors import ApiError
from web.forms.base import Form
from web.forms.checks import check_email
from web.i18n.locale import gettext as _


class NewEmailForm(Form):
    """A new address instead of the `old` one.

    `needs_confirmation`: it is mailed a link first. `asks_password`: the current password is part of the form, and not
    asked for on a page of its own.
    """

    fields = ("new_email", "current_password")
    secret = ("current_password",)

    def __init__(
        self, typed: Mapping[str, str] | None = None, *, old: str, needs_confirmation: bool, asks_password: bool
    ) -> None:
        super().__init__(typed)
        self.old = old
        self.needs_confirmation = needs_confirmation
        self.asks_password = asks_password

    def check(self) -> None:
        check_email(self, "new_email")
        if self["new_email"] == self.old:
            self.errors["new_email"] = _("This is your email address already.")
        if self.asks_password:
            self.require("current_password", _("Enter your current password."))

    def reject(self, refused: ApiError) -> None:
        if "email_not_unique" in refused.codes:
            self.errors["new_email"] = _("Another account has this email address. Use a different one.")
        else:
            super().reject(refused)
