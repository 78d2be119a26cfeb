"""Email addresses in pages, and phone numbers where there is none."""

from markupsafe import Markup, escape

from web.api.shapes import User
from web.i18n.phone_numbers import format_phone

LINE = 22  # characters that fit on a line of the narrowest phone


def make_breakable(email: str, line: int = LINE) -> Markup:
    """Let an address that is too long for a line break before its @, and a part that is still too long before its dots.

    Elsewhere it breaks only if that is not enough. A short one stays whole, or lines would end within it for no reason.
    `line`: the characters that fit on a line.
    """
    if len(email) <= line:
        return escape(email)
    local, at, domain = email.rpartition("@")
    return Markup("<wbr>".join(filter(None, (_break_at_dots(local), _break_at_dots(at + domain)))))  # noqa: S704 (ours)


def show_contact(user: User, line: int = LINE) -> Markup:
    """Show what an account is known by: its email address, or its phone number in groups."""
    return make_breakable(user.email, line) if user.email else escape(format_phone(user.phone))


def _break_at_dots(part: str) -> str:
    escaped = str(escape(part))  # plain text again: Markup escapes each part anew when it joins them
    return escaped if len(part) <= LINE else escaped.replace(".", "<wbr>.")
