"""The form of the re-authentication."""

from web.forms.base import Form
from web.i18n.locale import gettext as _


class ProofForm(Form):
    """The proof of who it is: the current password, or for whoever has none the code of a mail, and where to go on.

    `wants_mail`: by its other button the form asks for that mail.
    """

    fields = ("current_password", "code", "by", "next")
    secret = ("current_password",)

    @property
    def wants_mail(self) -> bool:
        return self["by"] == "mail"

    @property
    def has_code(self) -> bool:
        return self["by"] == "code"

    @property
    def proof(self) -> dict[str, str]:
        """The proof by the contract's name."""
        return {"code": self["code"]} if self.has_code else {"currentPassword": self["current_password"]}

    def check(self) -> None:
        if self.has_code:
            self.require("code", _("Enter the code from the email."))
        elif not self.wants_mail:
            self.require("current_password", _("Enter your current password."))
