"""What can be known before anything is served: whether it can be, and what becomes of mails."""

from backend.mail.templates import MailTemplates
from backend.settings import Settings
from backend.store import check_database


def check(settings: Settings) -> None:
    """Try every mail template, and open the database once, which makes it or brings it up to date.

    Raises SettingsError or StoreError: each is one line that begins with the variable's name.
    """
    MailTemplates(settings.public_url, settings.site_name, settings.messages_dir)
    check_database(settings.database)


def describe_mails(settings: Settings) -> str:
    """Say in a few words what becomes of mails, and how to have it otherwise."""
    if settings.smtp:
        return f"sent by {settings.smtp.host}:{settings.smtp.port}"
    if settings.outbox:
        return f"shown at {settings.public_url}/outbox"
    otherwise = ", or OUTBOX=on to read them at /outbox" if settings.is_local else ""
    return f"kept, and neither sent nor shown: set SMTP_URL to a mail server{otherwise}"
