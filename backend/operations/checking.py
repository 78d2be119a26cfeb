"""Checks before a start: whether everything can be served, what becomes of mails, and whether there are passkeys."""

from backend.mail.templates import MailTemplates
from backend.settings import Settings
from backend.store import check_database


def check(settings: Settings) -> None:
    """Try every mail template and the key for Apple, and open the database once, which makes it or updates it.

    Raises SettingsError or StoreError: each is one line that begins with the variable's name.
    """
    MailTemplates(settings.public.url, settings.public.site_name, settings.mail.messages_dir)
    _check_apple_key(settings)
    check_database(settings.database.url)


def _check_apple_key(settings: Settings) -> None:
    for provider in settings.providers.configured:
        if provider.apple_key:
            from backend.providers.apple import import_key  # imported here: few have one, and it takes a while

            import_key(provider.apple_key.private_key)


def describe_mails(settings: Settings) -> str:
    """Describe in a few words what becomes of mails, and of SMS where there are any, and how to change that."""
    mails = _describe_mails(settings)
    return f"{mails}; SMS are {_describe_sms(settings)}" if settings.phones.are_offered else mails


def _describe_mails(settings: Settings) -> str:
    if settings.mail.server:
        return f"sent by {settings.mail.server.host}:{settings.mail.server.port}"
    if settings.mail.has_outbox:
        return f"shown at {settings.public.url}/outbox"
    harm = ", so that people who log in with a provider alone cannot change what matters most"
    told = harm if settings.providers.configured else ""
    otherwise = ", or OUTBOX=on to read them at /outbox" if settings.public.is_local else ""
    return f"kept, and neither sent nor shown{told}: set SMTP_URL to a mail server{otherwise}"


def _describe_sms(settings: Settings) -> str:
    if settings.phones.service:
        return f"sent by {settings.phones.service.kind}, at most {settings.phones.daily_limit} a day"
    if settings.mail.has_outbox:
        return "shown there, too"
    return "kept, and neither sent nor shown: set SMS_URL"


def describe_passkeys(settings: Settings) -> str:
    """Describe why there are no passkeys, or return "" where there are."""
    if settings.passkeys.relying_party:
        return ""
    return f"off: no browser has them for {settings.links.site_host}, they need a name and https"
