"""Forms about two-step verification."""

from collections.abc import Mapping
from typing import Any, ClassVar

from web.api.errors import ApiError
from web.api.factor_shapes import PASSKEY, RECOVERY_CODE, TOTP
from web.api.factors import TICKET_IS_OVER, Proof
from web.forms import others
from web.forms.factor_codes import APP_FIELD, FACTOR_FIELDS, FactorCodeForm
from web.forms.six_digits import read_six_digits
from web.i18n.locale import gettext as _
from web.pages.passkeys.forms import check_credential

FIRST_SHOWN = (TOTP, PASSKEY, RECOVERY_CODE)  # of what an account has


def choose_factor(asked: str, factors: tuple[str, ...]) -> str:
    """Return the factor that a page asks for: the one that was asked for, where the account has it."""
    return asked if asked in factors else next((each for each in FIRST_SHOWN if each in factors), TOTP)


class SecondStepForm(FactorCodeForm):
    """One second factor: a code of the app, a recovery code, or what a passkey gave. `ref` names the log-in.

    `factor`: which of them the form asks for. `is_over`: the log-in has ended, and no factor would do any more.
    """

    fields = ("code", "recovery_code", "credential", "ref", "next")
    secret = ("credential",)

    def __init__(self, typed: Mapping[str, str] | None = None, *, factor: str = "") -> None:
        super().__init__(typed)
        self.factor = factor or FACTOR_FIELDS[self.find_sent(typed or {}, FACTOR_FIELDS) or APP_FIELD]
        self.is_over = False

    @property
    def proof(self) -> Proof:
        if self.factor == TOTP:
            return Proof(code=read_six_digits(self["code"]))
        return Proof(recovery_code=self["recovery_code"], credential=self["credential"])

    def check(self) -> None:
        if self.factor == RECOVERY_CODE:
            self.check_recovery_code()
        elif self.factor == TOTP:
            self.check_app_code()
        else:
            check_credential(self)

    def reject(self, refused: ApiError) -> None:
        super().reject(refused)
        self.is_over = TICKET_IS_OVER in refused.codes

    def word_silence(self) -> str:
        return _("We cannot log you in at the moment. Try again in a minute.")


class FirstCodeForm(FactorCodeForm):
    """The first code of an app that is being set up."""

    fields: ClassVar[tuple[str, ...]] = ("code", others.FIELD)

    @property
    def code(self) -> str:
        return read_six_digits(self["code"])

    def check(self) -> None:
        self.check_app_code()

    def word(self, refused: Mapping[str, Any]) -> str:
        if refused.get("code") == "nothing_pending":
            return _("This QR code no longer works. Scan the new one, and remove the other from your app.")
        return super().word(refused)
