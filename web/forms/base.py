"""One class per form: what was typed, and what we think of it. No I/O."""

from collections.abc import Mapping
from typing import ClassVar

from serving.addresses import clean_address, parse_address
from translations.characters import has_overlong_character, has_visible, is_longer, is_one_line
from web.api.errors import ApiError
from web.forms.password_strength import is_mostly, measure
from web.i18n import time_zones
from web.i18n.locale import LANGUAGES, ngettext
from web.i18n.locale import gettext as _
from web.i18n.wording import mail_is_there, waiting_time, word_photo_refusal, word_refusal
from web.photos.decoder.refusal import Refused

LONGEST_NAME = 100
LONGEST_LABEL = 60
LONGEST_PASSWORD = 256
DEFAULT_WAIT = 60  # seconds


class Form:
    """Typed values, an error for each wrong field, and complaints that belong to no field.

    Text is trimmed; a secret is taken as it is and never shown again.
    """

    fields: ClassVar[tuple[str, ...]] = ()
    secret: ClassVar[tuple[str, ...]] = ()

    def __init__(self, typed: Mapping[str, str] | None = None) -> None:
        typed = typed or {}
        self.values = {name: self._cleaned(name, typed.get(name, "")) for name in self.fields}
        self.errors: dict[str, str] = {}
        self.complaints: list[str] = []
        self.retry_after = 0  # seconds, when the backend asked for patience

    def __getitem__(self, name: str) -> str:
        return self.values[name]

    @property
    def has_errors(self) -> bool:
        return bool(self.errors or self.complaints)

    def is_valid(self) -> bool:
        self.check()
        return not self.has_errors

    def check(self) -> None:
        """Fill `errors`; each form says how."""

    def shown(self, name: str) -> str:
        return "" if name in self.secret else self.values[name]

    def require(self, name: str, otherwise: str) -> None:
        if not self.values[name]:
            self.errors[name] = otherwise

    def reject(self, refused: ApiError) -> int:
        """Take over what the backend refused, each refusal beside the field it names. Gives the status to show it
        with: 429 when it was asked too often, else 422."""
        if refused.status == 429:
            self.retry_after = refused.retry_after or DEFAULT_WAIT
            words = _("Too many attempts. Wait %(time)s, then try again.")
            self.complaints.append(words % {"time": waiting_time(self.retry_after)})
            if refused.is_about_mails:
                self.complaints.append(mail_is_there())
            return 429
        for refusal in refused.items:
            details = refusal.get("details")
            name = details.get("param") if isinstance(details, Mapping) else None
            name = BACKEND_NAMES.get(str(name), name)
            if name in self.fields:
                self.errors[name] = word_refusal(refusal)
            else:
                self.complaints.append(word_refusal(refusal))
        return 422

    def _cleaned(self, name: str, value: str) -> str:
        if name in self.secret:
            return value
        return clean_address(value) if name == "email" else value.strip()


BACKEND_NAMES = {"newPassword": "new_password", "newEmail": "new_email"}


class EntryForm(Form):
    """A way in by password, or by its other button (`by`) with a mailed link: the address is typed once."""

    @property
    def wants_link(self) -> bool:
        return self["by"] == "link"


class RegisterForm(EntryForm):
    fields = ("email", "name", "password", "by")
    secret = ("password",)

    def __init__(self, typed: Mapping[str, str] | None = None, *, password_minimum: int) -> None:
        super().__init__(typed)
        self.password_minimum = password_minimum

    def check(self) -> None:
        check_email(self, "email")
        if self.wants_link:
            return
        check_name(self, "name")
        check_new_password(self, "password", self.password_minimum, own=(self["email"], self["name"]))


class LoginForm(EntryForm):
    fields = ("email", "password", "stay", "by")
    secret = ("password",)

    def check(self) -> None:
        if self.wants_link:
            check_email(self, "email")
            return
        self.require("email", _("Enter your email address."))
        self.require("password", _("Enter your password."))


class EmailForm(Form):
    """One address, to which a mail shall go."""

    fields: ClassVar[tuple[str, ...]] = ("email",)

    def check(self) -> None:
        check_email(self, "email")


class LinkForm(EmailForm):
    """To get a login link."""

    fields = ("email", "stay")


class NewPasswordForm(Form):
    """The address is there for password managers, and for what the password must not be."""

    fields: ClassVar[tuple[str, ...]] = ("new_password", "email")
    secret = ("new_password",)

    def __init__(self, typed: Mapping[str, str] | None = None, *, password_minimum: int) -> None:
        super().__init__(typed)
        self.password_minimum = password_minimum

    def check(self) -> None:
        check_new_password(self, "new_password", self.password_minimum, own=(self["email"],))


class ConfirmForm(NewPasswordForm):
    """To confirm an address where nothing was typed for it. A name is asked for where there is none yet."""

    fields = ("name", "new_password", "email")

    def __init__(self, typed: Mapping[str, str] | None = None, *, password_minimum: int) -> None:
        super().__init__(typed, password_minimum=password_minimum)
        self.asks_for_name = typed is not None and "name" in typed

    def check(self) -> None:
        if self.asks_for_name:
            check_name(self, "name")
        own = (self["email"], self["name"])
        check_new_password(self, "new_password", self.password_minimum, own=own)


class NameForm(Form):
    fields = ("name",)

    def check(self) -> None:
        check_name(self, "name")


class LabelForm(Form):
    """An empty one takes the name away."""

    fields = ("label",)

    def check(self) -> None:
        if self["label"]:
            check_line(self, "label", LONGEST_LABEL)


class LanguageForm(Form):
    """One of the two may be left out, and then stays as it is."""

    fields = ("language", "timezone")

    def __init__(self, typed: Mapping[str, str] | None = None) -> None:
        super().__init__(typed)
        zone = self["timezone"]
        self.values["timezone"] = time_zones.find_listed(zone) or zone

    def check(self) -> None:
        if self["language"] not in LANGUAGES and (self["language"] or not self["timezone"]):
            self.errors["language"] = _("Choose a language from the list.")
        if self["timezone"] and not time_zones.find_listed(self["timezone"]):
            self.errors["timezone"] = _("Choose a time zone from the list.")


class PhotoForm(Form):
    fields = ("avatar",)
    secret = ("avatar",)

    def refuse(self, refused: Refused) -> None:
        self.errors["avatar"] = word_photo_refusal(refused)


def check_email(form: Form, name: str) -> None:
    form.require(name, _("Enter your email address."))
    if form[name] and not _is_address(form[name]):
        form.errors[name] = _("Enter an email address in the correct format, like name@example.com.")


def check_name(form: Form, name: str) -> None:
    form.require(name, _("Enter your name."))
    if form[name]:
        check_line(form, name, LONGEST_NAME)


def check_line(form: Form, name: str, limit: int) -> None:
    """A name as people see it: something visible, on one line, of so many characters."""
    text = form[name]
    if is_longer(text, limit):
        form.errors[name] = _("Name must be %(number)s characters or fewer.") % {"number": limit}
    elif not is_one_line(text):
        form.errors[name] = _("Name must be on one line.")
    elif not has_visible(text):
        form.errors[name] = _("Name must contain at least one visible character.")
    elif has_overlong_character(text):
        form.errors[name] = _(
            "Name contains a character made of too many parts. Use fewer accents or joined characters."
        )


def check_new_password(form: Form, name: str, minimum: int, own: tuple[str, ...]) -> None:
    """By length, and by the owner's name and address. What else is guessed early takes longer to find out, and is asked
    last: new_password.py."""
    form.require(name, _("Create a password."))
    length = measure(form[name])
    if form[name] and length < minimum:
        words = ngettext(
            "Password must be %(number)s character or more.",
            "Password must be %(number)s characters or more.",
            minimum,
        )
        form.errors[name] = words % {"number": minimum}
    elif length > LONGEST_PASSWORD:
        form.errors[name] = _("Password must be 256 characters or fewer.")
    elif is_mostly(form[name], own):
        form.errors[name] = _("This password is too similar to your name or email address. Choose another one.")


def _is_address(value: str) -> bool:
    try:
        parse_address(value)
    except ValueError:
        return False
    return True
