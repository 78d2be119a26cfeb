"""Every kind of mail there is. Whoever adds one adds it to LETTERS, and its two templates to `messages/`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from backend.kernel.codes import CODE_LIFETIME
from translations import gettext as _

# Kinds of links, the `action` of their addresses. Several letters may have links of one kind.
CONFIRM = "email-confirm"
LOG_IN = "magic-link"
RESET = "reset-pwd"
CHANGE_EMAIL = "change-email"
UNDO_EMAIL = "undo-email"
CONFIRM_SESSION = "confirm-session"
DELETE_ACCOUNT = "delete-account"
LOSE_FACTORS = "lose-factors"
KEEP_FACTORS = "keep-factors"
REMOVE_FACTORS = "remove-factors"
# By which an owner takes back what a stranger did: they end by nothing but their use and their time.
WAYS_BACK = frozenset({UNDO_EMAIL, KEEP_FACTORS})

UNDO_FOR = timedelta(days=7)  # whoever has lost an account may not read mail every day
LEAVING_FOR = timedelta(days=14)  # until an account is deleted whose owner asked for it
KEEPS_FACTORS_FOR = timedelta(days=14)  # longer than anybody waits for factors to be removed
REMOVES_FACTORS_FOR = timedelta(hours=24)  # NIST SP 800-63B-4, 4.2.1.2: of what is mailed to recover an account
DISOWNABLE_FOR = timedelta(hours=24)  # "This wasn't me" leads to a new password, and a stranger may read the mail later


@dataclass(frozen=True)
class Letter:
    """One kind of mail, most with a link.

    `name` is that of its templates, if it has them alone, and stands in the outbox, `link_kind` says what its link
    does, and is empty without one. `subject` takes the name of the product and begins with `title`, which is the
    heading of the mail and of the page with our own button; `button` is what that button says and the one in the mail.
    All three are worded in the current locale. The link works for `lifetime`; None: for LINK_EXPIRY. A notice tells the
    owner of what was done, which nobody asked to be mailed; whoever has a session cannot end its link, by which the
    owner takes it back.

    Letters that say one sentence each share a `template`; `told` words the sentence, of the product.

    With `has_code` the mail brings a code beside the link, for the browser that asked. `subject_with_code` takes the
    product and the code; None where a locked screen, which shows subjects to everybody, must not show it. With
    `is_code_only` the link is not mailed: pressed elsewhere it would confirm the session of whoever asked for it.
    """

    name: str
    link_kind: str
    title: Callable[[], str]
    subject: Callable[[str], str]
    button: Callable[[], str] = str
    lifetime: timedelta | None = None
    is_notice: bool = False
    has_code: bool = False
    subject_with_code: Callable[[str, str], str] | None = None
    is_code_only: bool = False
    template: str = ""
    told: Callable[[str], str] | None = None

    @property
    def template_name(self) -> str:
        """The name of its templates."""
        return self.template or self.name

    @property
    def has_button(self) -> bool:
        """Whether the mail leads somewhere."""
        return bool(self.link_kind) and not self.is_code_only


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
PASSWORD_CHANGED = Letter(
    "password-changed",
    RESET,
    lambda: _("Your password was changed"),
    lambda product: _("Your password was changed: %(product)s") % {"product": product},
    lambda: _("This wasn’t me"),
    lifetime=DISOWNABLE_FOR,
    is_notice=True,
)
NEW_LOGIN = Letter(
    "new-login",
    RESET,
    lambda: _("New login"),
    lambda product: _("New login: %(product)s") % {"product": product},
    lambda: _("This wasn’t me"),
    lifetime=DISOWNABLE_FOR,
    is_notice=True,
)
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
ACCOUNT_KEPT = Letter(
    "account-kept",
    RESET,
    lambda: _("Your account stays"),
    lambda product: _("Your account stays: %(product)s") % {"product": product},
    lambda: _("This wasn’t me"),
    lifetime=DISOWNABLE_FOR,
    is_notice=True,
)
ACCOUNT_DELETED = Letter(
    "account-deleted",
    "",
    lambda: _("Your account was deleted"),
    lambda product: _("Your account was deleted: %(product)s") % {"product": product},
    is_notice=True,
)


def _make_factor_letter(name: str, title: Callable[[], str], told: Callable[[str], str]) -> Letter:
    """Make the letter that tells of a change of factors, which the owner may not have made."""
    return Letter(
        name,
        RESET,
        title,
        lambda product: f"{title()}: {product}",
        lambda: _("This wasn’t me"),
        lifetime=DISOWNABLE_FOR,
        is_notice=True,
        template="factor-changed",
        told=told,
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
RECOVERY_CODE_USED = Letter(
    "recovery-code-used",
    RESET,
    lambda: _("A recovery code was used"),
    lambda product: _("A recovery code was used: %(product)s") % {"product": product},
    lambda: _("This wasn’t me"),
    lifetime=DISOWNABLE_FOR,
    is_notice=True,
)
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

_ALL = (
    *(CONFIRMATION, LOGIN_LINK, ALREADY_REGISTERED, PASSWORD_RESET, PASSWORD_CHANGED, NEW_LOGIN),
    *(SESSION_CODE, EMAIL_CHANGE, EMAIL_TAKEN, EMAIL_REQUESTED, EMAIL_CHANGED),
    *(ACCOUNT_LEAVING, ACCOUNT_KEPT, ACCOUNT_DELETION, ACCOUNT_DELETED),
    *(PASSKEY_ADDED, PASSKEY_REMOVED, PASSKEY_SUSPECTED),
    *(TWO_STEP_ON, TWO_STEP_OFF, APP_ADDED, APP_REMOVED, FACTOR_REFUSED),
    *(RECOVERY_CODES_MADE, RECOVERY_CODE_USED),
    *(LOST_FACTORS_CODE, LOST_FACTORS, FACTORS_REMOVABLE, FACTORS_RECOVERED),
)
LETTERS = {letter.name: letter for letter in _ALL}
NOTICES = frozenset(letter.name for letter in _ALL if letter.is_notice)
# Their links stay good when another of their kind is used.
LASTING = frozenset({ACCOUNT_LEAVING.name})
# "This wasn't me" logs everybody out, and then leads to a new password.
DISOWNABLE = frozenset(letter.name for letter in _ALL if letter.is_notice and letter.link_kind == RESET)
