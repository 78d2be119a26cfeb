"""The letters about passkeys and the second step."""

from collections.abc import Callable

from backend.kernel.codes import CODE_LIFETIME
from backend.mail.letter import (
    KEEP_FACTORS,
    KEEPS_FACTORS_FOR,
    LOSE_FACTORS,
    REMOVE_FACTORS,
    REMOVES_FACTORS_FOR,
    Letter,
    make_notice,
)
from translations import gettext as _


def _make_factor_letter(name: str, title: Callable[[], str], told: Callable[[str], str]) -> Letter:
    """Make the letter that tells of a change of factors, which the owner may not have made."""
    return make_notice(name, title, template="factor-changed", told=told)


PHONE_ADDED = _make_factor_letter(
    "phone-added",
    lambda: _("New phone number"),
    lambda product: (
        _("Your account at %(product)s has a new phone number. It can be used to log in.") % {"product": product}
    ),
)
PHONE_REMOVED = _make_factor_letter(
    "phone-removed",
    lambda: _("Phone number removed"),
    lambda product: _("The phone number was removed from your account at %(product)s.") % {"product": product},
)
TWO_STEP_ON = _make_factor_letter(
    "two-step-on",
    lambda: _("Two-step verification is on"),
    lambda product: (
        _("Logging in to your account at %(product)s takes a second step from now on.") % {"product": product}
    ),
)
TWO_STEP_OFF = _make_factor_letter(
    "two-step-off",
    lambda: _("Two-step verification is off"),
    lambda product: (
        _("Logging in to your account at %(product)s takes no second step any more.") % {"product": product}
    ),
)
APP_ADDED = _make_factor_letter(
    "app-added",
    lambda: _("Authenticator app added"),
    lambda product: _("An authenticator app was added to your account at %(product)s.") % {"product": product},
)
APP_REMOVED = _make_factor_letter(
    "app-removed",
    lambda: _("Authenticator app removed"),
    lambda product: _("The authenticator app was removed from your account at %(product)s.") % {"product": product},
)
PASSKEY_ADDED = _make_factor_letter(
    "passkey-added",
    lambda: _("Passkey added"),
    lambda product: (
        _("A passkey was added to your account at %(product)s. It can be used to log in.") % {"product": product}
    ),
)
PASSKEY_REMOVED = _make_factor_letter(
    "passkey-removed",
    lambda: _("Passkey removed"),
    lambda product: _("A passkey was removed from your account at %(product)s.") % {"product": product},
)
PASSKEY_SUSPECTED = _make_factor_letter(
    "passkey-suspected",
    lambda: _("Check your security key"),
    lambda product: (
        _("There may be a copy of a security key of your account at %(product)s: it counts fewer uses than before.")
        % {"product": product}
    ),
)
FACTOR_REFUSED = _make_factor_letter(
    "factor-refused",
    lambda: _("Login stopped at the second step"),
    lambda product: (
        _("Someone took the first step of logging in to your account at %(product)s, but failed at the second step.")
        % {"product": product}
    ),
)
RECOVERY_CODES_MADE = _make_factor_letter(
    "recovery-codes-made",
    lambda: _("New recovery codes"),
    lambda product: (
        _("Your account at %(product)s has new recovery codes. The ones from before no longer work.")
        % {"product": product}
    ),
)
RECOVERY_CODE_USED = make_notice("recovery-code-used", lambda: _("A recovery code was used"))
LOST_FACTORS_CODE = Letter(
    "lost-factors-code",
    LOSE_FACTORS,
    lambda: _("Your code"),
    lambda product: _("Your code for %(product)s") % {"product": product},
    lifetime=CODE_LIFETIME,
    has_code=True,
    is_code_only=True,
)
LOST_FACTORS = Letter(
    "lost-factors",
    KEEP_FACTORS,
    lambda: _("Someone wants to remove two-step verification"),
    lambda product: _("Someone wants to remove two-step verification: %(product)s") % {"product": product},
    lambda: _("Stop this"),
    lifetime=KEEPS_FACTORS_FOR,
    is_notice=True,
)
FACTORS_REMOVABLE = Letter(
    "factors-removable",
    REMOVE_FACTORS,
    lambda: _("You can remove two-step verification now"),
    lambda product: _("You can remove two-step verification now: %(product)s") % {"product": product},
    lambda: _("Remove two-step verification"),
    lifetime=REMOVES_FACTORS_FOR,
)
FACTORS_RECOVERED = _make_factor_letter(
    "factors-recovered",
    lambda: _("Two-step verification was removed"),
    lambda product: (
        _("The second factors of your account at %(product)s were lost, and removed. Everyone was logged out.")
        % {"product": product}
    ),
)
