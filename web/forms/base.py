"""What all forms have in common: typed values, errors, and the status to answer with. No I/O."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from serving.addresses import clean_address
from serving.paths import is_site_path
from web.api.errors import RETRY_AFTER, ApiError
from web.i18n.locale import gettext as _
from web.i18n.wording import format_wait, word_newest_mail, word_refusal

DEFAULT_WAIT = 60  # seconds
NEXT = "next"  # the field with the path that a form leads to
ADDRESSES = ("email", "new_email")
BACKEND_NAMES = {
    "currentPassword": "current_password",
    "oldPassword": "current_password",
    "newPassword": "new_password",
    "newEmail": "new_email",
    "totp": "code",
    "recoveryCode": "recovery_code",
}  # the contract's name -> the field's
# The code of a refusal that names no field -> its field
ABOUT = {"invalid_credentials": "current_password", "invalid_provider": "current_password"}


class Form:
    """One form as it was typed: a value for each field, an error for each wrong one, and complaints about the whole.

    Text is trimmed, an email address normalized, and `next` emptied unless it is a path of this site, so that nobody
    can use it for an open redirect. A secret is taken as it is and never shown again.
    """

    fields: ClassVar[tuple[str, ...]] = ()
    secret: ClassVar[tuple[str, ...]] = ()

    def __init__(self, typed: Mapping[str, str] | None = None) -> None:
        typed = typed or {}
        self.values = {name: self._clean(name, typed.get(name, "")) for name in self.fields}
        self.errors: dict[str, str] = {}
        self.complaints: list[str] = []
        self.retry_after = 0  # seconds, when the backend limited the rate or did not answer
        self.is_unanswered = False  # the backend did not answer
        self.needs_choice = False  # nothing is wrong, but the person has to choose before anything is done

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    @property
    def has_errors(self) -> bool:
        return bool(self.errors or self.complaints)

    @property
    def status(self) -> int:
        """The HTTP status to show this form with.

        503 where the backend did not answer, 429 after too many attempts, 422 with errors, 409 before a choice.
        """
        if self.is_unanswered:
            return 503
        if self.has_errors:
            return 429 if self.retry_after else 422
        return 409 if self.needs_choice else 200

    def is_valid(self) -> bool:
        """Check the fields; False with errors, or where the person has to choose first."""
        self.check()
        return not self.has_errors and not self.needs_choice

    def check(self) -> None:
        """Fill `errors`. Each form says how."""

    def redisplay(self, name: str) -> str:
        """Return the value of a field as a page may show it again: empty for a secret."""
        return "" if name in self.secret else self.values[name]

    def require(self, name: str, error: str) -> None:
        """Give an empty field this error."""
        if not self.values[name]:
            self.errors[name] = error

    @contextmanager
    def taking_refusals(self) -> Iterator[None]:
        """Turn an ApiError raised inside into errors and complaints of this form, and go on after the block."""
        try:
            yield
        except ApiError as refusal:
            self.reject(refusal)

    def reject(self, refused: ApiError) -> None:
        """Take over what the backend refused, each item beside the field it names."""
        if refused.status == 429:
            self._reject_rate(refused)
            return
        for refusal in refused.items:
            name = _find_field(refusal)
            if name in self.fields:
                self.errors[name] = self.word(refusal)
            else:
                self.complaints.append(self.word(refusal))

    def word(self, refused: Mapping[str, Any]) -> str:
        """Return the words for one item of a refusal. A form that knows better what it is about has its own."""
        return word_refusal(refused)

    def report_silence(self) -> None:
        """Complain that the backend did not answer."""
        self.is_unanswered, self.retry_after = True, RETRY_AFTER
        self.complaints.append(self.word_silence())

    def word_silence(self) -> str:
        """Say what cannot be done while the backend does not answer. A form that says so itself has its own words."""
        raise NotImplementedError

    def _reject_rate(self, refused: ApiError) -> None:
        self.retry_after = refused.retry_after or DEFAULT_WAIT
        words = _("Too many attempts. Wait %(time)s, then try again.")
        self.complaints.append(words % {"time": format_wait(self.retry_after)})
        if refused.is_about_mails:
            self.complaints.append(word_newest_mail())

    def _clean(self, name: str, value: str) -> str:
        if name in self.secret:
            return value
        if name == NEXT:
            return value if is_site_path(value) else ""
        return clean_address(value) if name in ADDRESSES else value.strip()


def _find_field(refusal: Mapping[str, Any]) -> str:
    """Return the name of the field that an item of a refusal is about, or "" for the whole form."""
    details = refusal.get("details")
    named = details.get("param") if isinstance(details, Mapping) else None
    return BACKEND_NAMES.get(str(named), str(named)) if named else ABOUT.get(str(refusal.get("code")), "")
