"""The forms for a new address: to ask for one, and beside one that is pending."""

from collections.abc import Mapping

from starlette.requests import Request

from web.api.errors import ApiError
from web.forms.base import Form
from web.forms.checks import check_email
from web.i18n.locale import gettext as _
from web.pages.codes.forms import CodeForm
from web.state import SignedIn


class NewEmailForm(Form):
    """A new address instead of the `old` one, which is empty where there is none.

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
        if self.old and self["new_email"] == self.old:
            self.errors["new_email"] = _("This is your email address already.")
        if self.asks_password:
            self.require("current_password", _("Enter your current password."))

    def reject(self, refused: ApiError) -> None:
        if "email_not_unique" in refused.codes:
            self.errors["new_email"] = _("Another account has this email address. Use a different one.")
        else:
            super().reject(refused)


class PendingForm(Form):
    """A button beside the pending address, which goes with it."""

    fields = ("pending",)


class EmailCodeForm(CodeForm):
    """The code that was mailed to the pending address, which goes with it."""

    fields = ("code", "pending")


def make_new_email_form(request: Request[SignedIn], typed: Mapping[str, str] | None = None) -> NewEmailForm:
    """Make the form. Where the backend asks by itself for a proof of who it is, the form does without the password."""
    return NewEmailForm(
        typed,
        old=request.state["user"].email,
        needs_confirmation=request.state["site"].email_confirmation,
        asks_password=not request.state["api"].capabilities.offers("account.confirm"),
    )
