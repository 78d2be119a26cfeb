"""Forms with a passkey."""

from collections.abc import Mapping
from typing import ClassVar

from web.api.errors import ApiError
from web.forms import others
from web.forms.base import Form
from web.forms.checks import check_line
from web.i18n.locale import gettext as _

LONGEST_CREDENTIAL = 8192  # bytes of JSON; a browser sends about 700
LONGEST_NAME = 60  # characters


def check_credential(form: Form) -> None:
    """Require what the script has got from the browser."""
    if not 0 < len(form["credential"].encode()) <= LONGEST_CREDENTIAL:
        form.errors["credential"] = _("Your browser didn’t send a passkey. Try again.")


class PasskeyForm(Form):
    """A passkey that logs in: `credential` is JSON, which static/js/passkeys.js got from the browser."""

    fields = ("credential", "stay", "next")
    secret = ("credential",)

    def __init__(self, typed: Mapping[str, str] | None = None) -> None:
        super().__init__(typed)
        self.unknown_id = ""  # of a passkey that its device offers and nobody here knows

    def check(self) -> None:
        check_credential(self)

    def reject(self, refused: ApiError) -> None:
        super().reject(refused)
        details = [item.get("details") for item in refused.items if item.get("code") == "unknown_passkey"]
        self.unknown_id = next(
            (str(each.get("credentialId") or "") for each in details if isinstance(each, Mapping)), ""
        )

    def word_silence(self) -> str:
        return _("We cannot check your passkey at the moment. Try again in a minute.")


class NameForm(Form):
    """The person's own name for a passkey; without one it is named after what is known of it."""

    fields: ClassVar[tuple[str, ...]] = ("name",)

    def check(self) -> None:
        if self["name"]:
            check_line(self, "name", LONGEST_NAME)


class AddForm(NameForm):
    """A new passkey, as the browser has made it, its name, and whether other browsers are logged out."""

    fields = ("credential", "name", others.FIELD)
    secret = ("credential",)

    def check(self) -> None:
        check_credential(self)
        super().check()
