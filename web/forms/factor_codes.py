"""Codes of second factors as people type them: those of an authenticator app, and recovery codes. No I/O."""

from collections.abc import Iterable, Mapping
from typing import Any

from web.api.factor_shapes import PASSKEY, RECOVERY_CODE, TOTP
from web.forms.base import Form
from web.forms.six_digits import read_six_digits
from web.i18n.locale import gettext as _
from web.i18n.locale import ngettext

RECOVERY_PARAMETERS = ("recoveryCode",)  # by the contract's names
APP_FIELD, RECOVERY_FIELD = "code", "recovery_code"
FACTOR_FIELDS = {"credential": PASSKEY, RECOVERY_FIELD: RECOVERY_CODE, APP_FIELD: TOTP}  # what each holds


class FactorCodeForm(Form):
    """A form in which the code of an app, or a recovery code, is typed. What was typed stays in it."""

    def check_app_code(self) -> None:
        """Require six digits."""
        self.require(APP_FIELD, _("Enter the code from your authenticator app."))
        if self[APP_FIELD] and not read_six_digits(self[APP_FIELD]):
            self.errors[APP_FIELD] = _("Enter the 6 digits that your authenticator app shows.")

    def check_recovery_code(self) -> None:
        """Require something: the backend reads recovery codes."""
        self.require(RECOVERY_FIELD, _("Enter one of your recovery codes."))

    def find_sent(self, typed: Mapping[str, str], names: Iterable[str]) -> str:
        """Return the name of the field that was sent: of one that is filled in, else of any. Empty for none."""
        there = [name for name in names if name in typed]
        return next((name for name in there if self[name]), next(iter(there), ""))

    def word(self, refused: Mapping[str, Any]) -> str:
        details = refused.get("details")
        given = details if isinstance(details, Mapping) else {}
        if given.get("param") in RECOVERY_PARAMETERS:
            return _word_recovery_code(refused)
        if refused.get("code") == "code_used":
            return _("This code was just used. Wait until your app shows the next one, and enter that.")
        if refused.get("code") == "wrong_code":
            return _word_wrong_code(given.get("minutesOff"))
        return super().word(refused)


def _word_recovery_code(refused: Mapping[str, Any]) -> str:
    if refused.get("code") == "wrong_code":
        return _("This isn’t one of your recovery codes, or it has been used already.")
    return _("Enter the 16 letters of a recovery code, such as BCDF-GHJK-LMNP-QRST.")


def _word_wrong_code(minutes_off: Any) -> str:
    """Say what may be wrong: `minutes_off` is by how much the app's clock seems to be off, None where it is not."""
    if not isinstance(minutes_off, int) or not minutes_off:
        return _("This code isn’t right. Enter the one that your app shows now.")
    words = ngettext(
        "The clock of the device with your app is about %(number)s minute off. Set it to the right time, and enter the"
        " code that your app shows then.",
        "The clock of the device with your app is about %(number)s minutes off. Set it to the right time, and enter the"
        " code that your app shows then.",
        abs(minutes_off),
    )
    return words % {"number": abs(minutes_off)}
