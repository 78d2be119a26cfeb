"""What a letter is: a kind of mail, with what its link does and for how long."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

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


def make_notice(
    name: str, title: Callable[[], str], *, template: str = "", told: Callable[[str], str] | None = None
) -> Letter:
    """Make a notice of what the owner may not have done, with a link by which they say so and choose a new password."""
    return Letter(
        name,
        RESET,
        title,
        lambda product: f"{title()}: {product}",
        lambda: _("This wasn’t me"),
        lifetime=DISOWNABLE_FOR,
        is_notice=True,
        template=template,
        told=told,
    )
