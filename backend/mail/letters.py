"""Every kind of mail there is. Whoever adds one adds it to LETTERS, and its two templates to `messages/`.

Those about passkeys and the second step are in factor_letters.py.
"""

from backend.kernel.codes import CODE_LIFETIME
from backend.mail.factor_letters import (
    APP_ADDED,
    APP_REMOVED,
    FACTOR_REFUSED,
    FACTORS_RECOVERED,
    FACTORS_REMOVABLE,
    LOST_FACTORS,
    LOST_FACTORS_CODE,
    PASSKEY_ADDED,
    PASSKEY_REMOVED,
    PASSKEY_SUSPECTED,
    PHONE_ADDED,
    PHONE_REMOVED,
    RECOVERY_CODE_USED,
    RECOVERY_CODES_MADE,
    TWO_STEP_OFF,
    TWO_STEP_ON,
)
from backend.mail.identity_letters import CONNECT_LINK, IDENTITY_CONNECTED, IDENTITY_REMOVED
from backend.mail.letter import (
    CHANGE_EMAIL,
    CONFIRM,
    CONFIRM_SESSION,
    DELETE_ACCOUNT,
    LEAVING_FOR,
    LOG_IN,
    RESET,
    UNDO_EMAIL,
    UNDO_FOR,
    Letter,
    make_notice,
)
from translations import gettext as _

CONFIRMATION = Letter(
    "email-confirm",
    CONFIRM,
    lambda: _("Confirm your email address"),
    lambda product: _("Confirm your email address for %(product)s") % {"product": product},
    lambda: _("Confirm email address"),
    has_code=True,
    subject_with_code=lambda product, code: (
        _("Confirm your email address for %(product)s, code %(code)s") % {"product": product, "code": code}
    ),
)
LOGIN_LINK = Letter(
    "magic-link",
    LOG_IN,
    lambda: _("Your login link"),
    lambda product: _("Your login link for %(product)s") % {"product": product},
    lambda: _("Log in"),
    has_code=True,
    subject_with_code=lambda product, code: (
        _("Your login link for %(product)s, code %(code)s") % {"product": product, "code": code}
    ),
)
ALREADY_REGISTERED = Letter(
    "magic-link-sign-up",
    LOG_IN,
    lambda: _("You already have an account"),
    lambda product: _("You already have an account: your login link for %(product)s") % {"product": product},
    lambda: _("Log in"),
    has_code=True,
    subject_with_code=lambda product, code: (
        _("You already have an account: your login link for %(product)s, code %(code)s")
        % {"product": product, "code": code}
    ),
)
PASSWORD_RESET = Letter(
    "reset-pwd",
    RESET,
    lambda: _("Choose a new password"),
    lambda product: _("Choose a new password for %(product)s") % {"product": product},
    lambda: _("Choose a new password"),
    has_code=True,
)
SESSION_CODE = Letter(
    "confirm-session",
    CONFIRM_SESSION,
    lambda: _("Your code"),
    lambda product: _("Your code for %(product)s") % {"product": product},
    lifetime=CODE_LIFETIME,
    has_code=True,
    is_code_only=True,
)
EMAIL_CHANGE = Letter(
    "change-email",
    CHANGE_EMAIL,
    lambda: _("Confirm your new email address"),
    lambda product: _("Confirm your new email address for %(product)s") % {"product": product},
    lambda: _("Confirm new email address"),
    has_code=True,
    subject_with_code=lambda product, code: (
        _("Confirm your new email address for %(product)s, code %(code)s") % {"product": product, "code": code}
    ),
)
EMAIL_REQUESTED = Letter(
    "email-requested",
    UNDO_EMAIL,
    lambda: _("New email address requested"),
    lambda product: _("New email address requested: %(product)s") % {"product": product},
    lambda: _("This wasn’t me"),
    lifetime=UNDO_FOR,
    is_notice=True,
)
EMAIL_CHANGED = Letter(
    "email-changed",
    UNDO_EMAIL,
    lambda: _("Your email address was changed"),
    lambda product: _("Your email address was changed: %(product)s") % {"product": product},
    lambda: _("Undo this change"),
    lifetime=UNDO_FOR,
    is_notice=True,
)
EMAIL_TAKEN = Letter(
    "magic-link-change",
    LOG_IN,
    lambda: _("You already have an account"),
    lambda product: _("You already have an account with this email address: %(product)s") % {"product": product},
    lambda: _("Log in"),
)
PASSWORD_CHANGED = make_notice("password-changed", lambda: _("Your password was changed"))
NEW_LOGIN = make_notice("new-login", lambda: _("New login"))
ACCOUNT_LEAVING = Letter(
    "account-leaving",
    LOG_IN,
    lambda: _("Your account will be deleted"),
    lambda product: _("Your account will be deleted: %(product)s") % {"product": product},
    lambda: _("Log in to keep it"),
    lifetime=LEAVING_FOR,
    is_notice=True,
)
ACCOUNT_DELETION = Letter(
    "delete-account",
    DELETE_ACCOUNT,
    lambda: _("Confirm the deletion of your account"),
    lambda product: _("Confirm the deletion of your account at %(product)s") % {"product": product},
    lambda: _("Delete account for good"),
    has_code=True,
)
ACCOUNT_KEPT = make_notice("account-kept", lambda: _("Your account stays"))
ACCOUNT_DELETED = Letter(
    "account-deleted",
    "",
    lambda: _("Your account was deleted"),
    lambda product: _("Your account was deleted: %(product)s") % {"product": product},
    is_notice=True,
)

_ALL = (
    *(CONFIRMATION, LOGIN_LINK, ALREADY_REGISTERED, PASSWORD_RESET, PASSWORD_CHANGED, NEW_LOGIN),
    *(SESSION_CODE, EMAIL_CHANGE, EMAIL_TAKEN, EMAIL_REQUESTED, EMAIL_CHANGED),
    *(ACCOUNT_LEAVING, ACCOUNT_KEPT, ACCOUNT_DELETION, ACCOUNT_DELETED),
    *(CONNECT_LINK, IDENTITY_CONNECTED, IDENTITY_REMOVED),
    *(PASSKEY_ADDED, PASSKEY_REMOVED, PASSKEY_SUSPECTED),
    *(TWO_STEP_ON, TWO_STEP_OFF, APP_ADDED, APP_REMOVED, FACTOR_REFUSED),
    *(PHONE_ADDED, PHONE_REMOVED),
    *(RECOVERY_CODES_MADE, RECOVERY_CODE_USED),
    *(LOST_FACTORS_CODE, LOST_FACTORS, FACTORS_REMOVABLE, FACTORS_RECOVERED),
)
LETTERS = {letter.name: letter for letter in _ALL}
NOTICES = frozenset(letter.name for letter in _ALL if letter.is_notice)
# Their links stay good when another of their kind is used.
LASTING = frozenset({ACCOUNT_LEAVING.name})
# "This wasn't me" logs everybody out, and then leads to a new password.
DISOWNABLE = frozenset(letter.name for letter in _ALL if letter.is_notice and letter.link_kind == RESET)
