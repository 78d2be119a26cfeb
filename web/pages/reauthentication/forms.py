"""The form of the re-authentication."""

from collections.abc import Mapping, Sequence
from typing import Any

from web.api.factor_shapes import PASSKEY, RECOVERY_CODE, TOTP
from web.forms.base import Form
from web.forms.factor_codes import APP_FIELD, FACTOR_FIELDS, FactorCodeForm
from web.forms.six_digits import read_six_digits
from web.i18n.locale import gettext as _
from web.pages.passkeys.forms import check_credential

PASSWORD, MAIL_CODE = "password", "mail-code"  # the contract's names, beside those of factors
FIELDS = {**FACTOR_FIELDS, "current_password": PASSWORD}


def choose_method(asked: str, methods: Sequence[str]) -> str:
    """Return by what a page asks for a proof: by what was asked for, where that would do, else by the first that needs
    no script, and a recovery code, which is used up, where nothing else is left; "" where nothing would do."""
    plain = [method for method in methods if method not in (PASSKEY, RECOVERY_CODE)]
    return asked if asked in methods else next(iter([*plain, *methods]), "")


class ProofForm(FactorCodeForm):
    """The proof of who it is, and where to go on: the current password, a code of the app or of a mail, a recovery
    code, or what a passkey gave. `strong`: only a second factor will do.

    `method`: which of them it is, as the contract names it. `wants_mail`: by its other button the form asks for a mail
    with a code.
    """

    fields = ("current_password", "code", "recovery_code", "credential", "by", "strong", "next")
    secret = ("current_password", "credential")

    def __init__(self, typed: Mapping[str, str]) -> None:
        super().__init__(typed)
        self.wants_mail = self["by"] == "mail"
        self.method = MAIL_CODE if self.wants_mail else self._find_method(typed)

    @property
    def proof(self) -> dict[str, str]:
        """The proof by the contract's name."""
        proofs = {
            PASSWORD: {"currentPassword": self["current_password"]},
            TOTP: {"totp": read_six_digits(self["code"])},
            RECOVERY_CODE: {"recoveryCode": self["recovery_code"]},
            PASSKEY: {"credential": self["credential"]},
            MAIL_CODE: {"code": self["code"]},
        }
        return proofs[self.method]

    def check(self) -> None:
        if self.method == TOTP:
            self.check_app_code()
        elif self.method == RECOVERY_CODE:
            self.check_recovery_code()
        elif self.method == PASSWORD:
            self.require("current_password", _("Enter your current password."))
        elif self.method == MAIL_CODE and not self.wants_mail:
            self.require("code", _("Enter the code from the email."))
        elif self.method == PASSKEY:
            check_credential(self)

    def word(self, refused: Mapping[str, Any]) -> str:
        return Form.word(self, refused) if self.method == MAIL_CODE else super().word(refused)

    def _find_method(self, typed: Mapping[str, str]) -> str:
        """Find what the form is about: by its own word, else by the field that is filled in, or at least there.

        Six digits are of an app, eight letters of a mail.
        """
        if self["by"] in (*FIELDS.values(), MAIL_CODE):
            return self["by"]
        name = self.find_sent(typed, FIELDS) or "current_password"
        return MAIL_CODE if name == APP_FIELD and not read_six_digits(self["code"]) else FIELDS[name]
