"""Forms about leaving."""

from collections.abc import Callable, Mapping

from web.api.errors import ApiError
from web.forms.base import Form
from web.i18n.locale import gettext as _

# Why an account cannot be deleted at once, by the code of the refusal.
NOT_AT_ONCE: Mapping[str, Callable[[], str]] = {
    "email_can_be_undone": lambda: _(
        "Your email address was changed a few days ago. As long as that can be undone from the old one, your account "
        "can’t be deleted at once. Nothing was deleted."
    ),
    "email_not_verified": lambda: _(
        "Your email address was never confirmed, so we can’t ask there whether this is you. Your account is deleted on "
        "the date below, not before."
    ),
}


class LeaveForm(Form):
    """A box to tick, so that nobody leaves by a slip of the hand."""

    fields = ("sure",)

    def check(self) -> None:
        self.require("sure", _("Tick the box if you want to delete your account."))

    def reject(self, refused: ApiError) -> None:
        known = [word() for code, word in NOT_AT_ONCE.items() if code in refused.codes]
        if known:
            self.complaints += known
        else:
            super().reject(refused)


class DeleteForm(LeaveForm):
    """The code of the email by which an account is deleted at once."""

    fields = ("code",)

    def check(self) -> None:
        self.require("code", _("Enter the code from the email."))
