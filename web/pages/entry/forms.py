"""Forms of the ways in: log-in, sign-up, and whatever asks for a mail."""

from collections.abc import Mapping
from typing import ClassVar

from web.api.errors import ApiError
from web.forms.base import Form
from web.forms.checks import check_email, check_name, check_new_password
from web.i18n.locale import gettext as _


class EntryForm(Form):
    """A form with a password and a second button, named `by`, for a login link to the same address."""

    @property
    def wants_link(self) -> bool:
        return self["by"] == "link"

    def word_silence(self) -> str:
        return word_unsent_mail() if self.wants_link else self.word_closed_entry()

    def word_closed_entry(self) -> str:
        """Say that the way in which the form is for is closed while the backend does not answer."""
        raise NotImplementedError


class RegisterForm(EntryForm):
    """Address, name and password of a new account. `password_minimum` is a number of characters."""

    fields = ("email", "name", "password", "by", "next")
    secret = ("password",)

    def __init__(self, typed: Mapping[str, str] | None = None, *, password_minimum: int) -> None:
        super().__init__(typed)
        self.password_minimum = password_minimum

    def check(self) -> None:
        check_email(self, "email")
        if self.wants_link:
            return
        check_name(self, "name")
        check_new_password(self, "password", self.password_minimum, own=(self["email"], self["name"]))

    def word_closed_entry(self) -> str:
        return _("We cannot create your account at the moment. Try again in a minute.")


class LoginForm(EntryForm):
    """`is_unconfirmed`: the backend refused the log-in until the address is confirmed."""

    fields = ("email", "password", "stay", "by", "next")
    secret = ("password",)

    def __init__(self, typed: Mapping[str, str] | None = None) -> None:
        super().__init__(typed)
        self.is_unconfirmed = False

    @property
    def is_forgotten(self) -> bool:
        """Whether the button "Forgot your password?" was pressed."""
        return self["by"] == "forgot"

    def check(self) -> None:
        if self.wants_link:
            check_email(self, "email")
            return
        self.require("email", _("Enter your email address."))
        self.require("password", _("Enter your password."))

    def reject(self, refused: ApiError) -> None:
        super().reject(refused)
        self.is_unconfirmed = "email_not_verified" in refused.codes

    def word_closed_entry(self) -> str:
        return _("We cannot log you in at the moment. Try again in a minute.")


class EmailForm(Form):
    """The address that a mail is to go to."""

    fields: ClassVar[tuple[str, ...]] = ("email",)

    def check(self) -> None:
        check_email(self, "email")

    def word_silence(self) -> str:
        return word_unsent_mail()


class LinkForm(EmailForm):
    """The address that a login link is to go to."""

    fields = ("email", "stay", "next")


def word_unsent_mail() -> str:
    """Say that no mail can be asked for while the backend does not answer."""
    return _("We cannot email you at the moment. Try again in a minute.")
