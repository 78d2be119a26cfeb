"""Checks that several forms share. Each puts its error into the form. No I/O."""

from serving.addresses import parse_address
from translations.characters import has_overlong_character, has_visible, is_longer, is_one_line
from web.forms.base import Form
from web.forms.password_strength import count_characters, is_mostly_names
from web.i18n.locale import gettext as _
from web.i18n.locale import ngettext

LONGEST_NAME = 100  # characters
LONGEST_PASSWORD = 256  # characters


def check_email(form: Form, name: str) -> None:
    """Require an email address in a valid form."""
    form.require(name, _("Enter your email address."))
    if form[name] and not _is_address(form[name]):
        form.errors[name] = _("Enter an email address in the correct format, like name@example.com.")


def check_name(form: Form, name: str) -> None:
    """Require a person's name."""
    form.require(name, _("Enter your name."))
    if form[name]:
        check_line(form, name, LONGEST_NAME)


def check_line(form: Form, name: str, limit: int) -> None:
    """Check a name as people see it: visible, on one line, and of at most `limit` characters."""
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
    """Check a new password by its length, and against the owner's name and address (`own`).

    Whether it is easy to guess takes longer to find out, and is checked last: new_password.py.
    """
    form.require(name, _("Create a password."))
    length = count_characters(form[name])
    if form[name] and length < minimum:
        words = ngettext(
            "Password must be %(number)s character or more.",
            "Password must be %(number)s characters or more.",
            minimum,
        )
        form.errors[name] = words % {"number": minimum}
    elif length > LONGEST_PASSWORD:
        form.errors[name] = _("Password must be 256 characters or fewer.")
    elif is_mostly_names(form[name], own):
        form.errors[name] = _("This password is too similar to your name or email address. Choose another one.")


def _is_address(value: str) -> bool:
    try:
        parse_address(value)
    except ValueError:
        return False
    return True
