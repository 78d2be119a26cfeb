"""The form for the code of a mail."""

from typing import ClassVar

from web.api.errors import ApiError
from web.forms.base import Form
from web.i18n.locale import gettext as _


class CodeForm(Form):
    """The code as it was typed: the backend reads it."""

    fields: ClassVar[tuple[str, ...]] = ("code",)

    def check(self) -> None:
        self.require("code", _("Enter the code from the email."))

    def reject(self, refused: ApiError) -> None:
        super().reject(refused)
        if refused.status == 429:
            self.complaints.append(_("The link in the email still works."))

    def refuse_elsewhere(self) -> None:
        """Say that this browser has asked for no mail, so that no code can be right."""
        self.errors["code"] = _(
            "This browser isn’t waiting for a code. Codes only work in the browser in which the email was requested."
        )

    def word_silence(self) -> str:
        return _("We cannot check your code at the moment. Try again in a minute.")
