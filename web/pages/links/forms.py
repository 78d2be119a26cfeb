"""Forms on the landing of a mailed link."""

from collections.abc import Mapping
from typing import ClassVar

from starlette.requests import Request

from web.forms.base import Form
from web.forms.checks import check_name, check_new_password
from web.i18n.locale import gettext as _
from web.state import Visit


class NewPasswordForm(Form):
    """A new password. The address is for password managers, and so that the password is not the address."""

    fields: ClassVar[tuple[str, ...]] = ("new_password", "email")
    secret = ("new_password",)

    def __init__(self, typed: Mapping[str, str] | None = None, *, password_minimum: int) -> None:
        super().__init__(typed)
        self.password_minimum = password_minimum

    def check(self) -> None:
        check_new_password(self, "new_password", self.password_minimum, own=(self["email"],))

    def word_silence(self) -> str:
        return _("We cannot save your password at the moment. Try again in a minute.")


class ConfirmAddressForm(NewPasswordForm):
    """Name and password for an address that is confirmed in another browser than it was registered in.

    The name is asked for where the account has none yet.
    """

    fields = ("name", "new_password", "email")

    def __init__(self, typed: Mapping[str, str] | None = None, *, password_minimum: int) -> None:
        super().__init__(typed, password_minimum=password_minimum)
        self.asks_for_name = typed is not None and "name" in typed

    def check(self) -> None:
        if self.asks_for_name:
            check_name(self, "name")
        own = (self["email"], self["name"])
        check_new_password(self, "new_password", self.password_minimum, own=own)

    def word_silence(self) -> str:
        return _("We cannot confirm your address at the moment. Try again in a minute.")


def make_confirm_form(request: Request[Visit], typed: Mapping[str, str] | None = None) -> ConfirmAddressForm:
    """Make the form with the site's rules."""
    return ConfirmAddressForm(typed, password_minimum=request.state["site"].password_minimum)


def make_password_form(request: Request[Visit], typed: Mapping[str, str] | None = None) -> NewPasswordForm:
    """Make the form with the site's rules."""
    return NewPasswordForm(typed, password_minimum=request.state["site"].password_minimum)
