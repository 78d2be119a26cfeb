"""Forms about lost factors."""

from web.forms.base import Form
from web.i18n.locale import gettext as _


class LostFactorsForm(Form):
    """What is shown beside the log-in that cannot go on. `by` is the button: "mail" asks for the code, "code" and
    "password" bring what was typed, "mailbox" nothing more than that, and "link" asks for the link after the wait."""

    fields = ("ref", "by", "code", "current_password")
    secret = ("current_password",)

    def check(self) -> None:
        if self["by"] == "code":
            self.require("code", _("Enter the code from the email."))
        elif self["by"] == "password":
            self.require("current_password", _("Enter your current password."))
        elif self["by"] not in ("mail", "mailbox", "link"):
            self.complaints.append(_("Choose how to go on."))

    def word_silence(self) -> str:
        return _("We can’t take your request at the moment. Try again in a minute.")


class RemovalForm(Form):
    """The password, where that has begun the wait."""

    fields = ("current_password",)
    secret = ("current_password",)

    def word_silence(self) -> str:
        return _("We can’t remove two-step verification at the moment. Try again in a minute.")
