"""Checks before a start: whether everything can be served, what becomes of mails, and whether there are passkeys."""

from backend.mail.templates import MailTemplates
from backend.settings import Settings
from backend.store import check_database


def check(settings: Settings) -> None:
    """Try every mail template, and open the database once, which makes it or brings it up to date.

    Raises SettingsError or StoreError: each is one line that begins with the variable's name.
    """
    MailTemplates(settings.public.url, settings.public.site_name, settings.mail.messages_dir)
    check_database(settings.database.url)


def describe_mails(settings: Settings) -> str:
    """Describe in a few words what becomes of mails, and how to change that."""
    if settings.mail.server:
        return f"sent by {settings.mail.server.host}:{settings.mail.server.port}"
    if settings.mail.has_outbox:
        return f"shown at {settings.public.url}/outbox"
    otherwise = ", or OUTBOX=on to read them at /outbox" if settings.public.is_local else ""
    return f"kept, and neither sent nor shown: set SMTP_URL to a mail server{otherwise}"


def describe_passkeys(settings: Settings) -> str:
    """Describe why there are no passkeys, or return "" where there are."""
    if settings.passkeys.relying_party:
        return ""
    return f"off: no browser has them for {settings.links.site_host}, they need a name and https"
