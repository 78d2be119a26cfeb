"""The text that explains an export to whoever opens it, in the person's language."""

from datetime import timedelta

from backend.mail.templates import find_mail_locale
from backend.rules.context import ClientInfo, Services
from backend.rules.retention import list_kept
from backend.store.records import User
from translations import gettext as _
from translations import use_locale
from translations.formatting import format_datetime


def write_readme(services: Services, user: User, client: ClientInfo) -> bytes:
    """Write what is in the archive, and the table of what is kept about the person, why and how long."""
    language = services.mail_templates.find_language(user.language) or client.language
    with use_locale(find_mail_locale(language, user.timezone or "")):
        return "\n".join(_list_lines(services, user)).encode()


def _list_lines(services: Services, user: User) -> list[str]:
    product = services.settings.public.site_name
    made = _("Made on %(time)s.") % {"time": format_datetime(services.clock())}
    lines = [
        _("Your data at %(product)s: %(email)s") % {"product": product, "email": user.login_name},
        made,
        "",
        _("account.json is your account itself. Each other .json file is one kind of what is kept about you."),
        _("Your photo and your files are here as you uploaded them, or as they were made smaller."),
        _("Passwords, and what proves that you are logged in, are kept only as hashes and are not in here."),
        "",
        _("What is kept about you, why, and how long"),
        "",
    ]
    for kept in list_kept(timedelta(seconds=services.settings.accounts.session_lifetime)):
        lines += [f"* {kept.what}", f"  {kept.why}", f"  {kept.how_long}", ""]
    return lines
