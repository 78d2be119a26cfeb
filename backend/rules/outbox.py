"""Mails of the outbox, rendered when they are sent or shown: the outbox holds no link that could be used."""

from backend.kernel.profile_fields import Changes
from backend.mail.templates import RenderedMail, find_mail_locale
from backend.rules.codes import word_code as word_mail_code
from backend.rules.context import Services
from backend.rules.phone_codes import CHANNEL, word_code
from backend.sms.texts import CHANGED, word_changed, word_sms
from backend.store import Queries
from backend.store.records import Link, Mail, PhoneCode
from translations import gettext as _
from translations import use_locale


async def list_newest_mails(services: Services, count: int) -> list[Mail]:
    """List the newest mails, and SMS where no service sends them."""
    return [mail for mail in await services.store.read(_list_newest, count) if _is_shown(services, mail)]


def _list_newest(queries: Queries, count: int) -> list[Mail]:
    return queries.mails.list_newest(count)


async def find_mail(services: Services, mail_id: str) -> Mail | None:
    """Find one of those that `list_newest_mails` lists."""
    mail = await services.store.read(_find_mail, mail_id)
    return mail if mail and _is_shown(services, mail) else None


def _is_shown(services: Services, mail: Mail) -> bool:
    return mail.channel != CHANNEL or services.settings.phones.service is None


def _find_mail(queries: Queries, mail_id: str) -> Mail | None:
    return queries.mails.find_by_id(mail_id)


async def render_mail(services: Services, mail: Mail) -> RenderedMail | None:
    """Render a mail, or return None if its link, or the secret key that made the link, is gone; of an SMS its text."""
    if mail.channel == CHANNEL:
        text = await render_sms(services, mail)
        return RenderedMail(name_sms(mail), text, "", "") if text else None
    link, timezone = await services.store.read(_find_link_and_timezone, mail)
    if mail.link_id is None:
        return services.mail_templates.render(mail, None, "", timezone)
    key = services.keyring.recover_link_key(link.id, link.key_hash) if link else None
    if link is None or key is None:
        return None
    code = word_mail_code(link, key, services.clock())
    return services.mail_templates.render(mail, link, key, timezone, code=code)


async def render_sms(services: Services, item: Mail) -> str | None:
    """Render the text of an SMS, or return None if its code is over, or the secret key is gone that made it."""
    code = await services.store.read(_find_phone_code, item)
    digits = word_code(services, code) if code else None
    product, host = services.settings.public.site_name, services.settings.links.site_host
    with use_locale(find_mail_locale(item.language)):
        if item.kind == CHANGED:
            return word_changed(product)
        return word_sms(code.purpose, digits, product, host) if code and digits else None


def name_sms(item: Mail) -> str:
    """Return what stands for the subject of an SMS, in its language."""
    with use_locale(find_mail_locale(item.language)):
        return _("Phone number changed") if item.kind == CHANGED else _("Code by SMS")


def _find_phone_code(queries: Queries, item: Mail) -> PhoneCode | None:
    return queries.phone_codes.find_by_id(item.phone_code_id or "")


def _find_link_and_timezone(queries: Queries, mail: Mail) -> tuple[Link | None, str]:
    """Return a mail's link, and the time zone of its reader: the user's, or what was typed for the link to confirm."""
    link = queries.links.find_by_id(mail.link_id) if mail.link_id else None
    user = queries.users.find_by_id(mail.user_id) if mail.user_id else None
    if (user and user.timezone) or link is None or link.registration_id is None:
        return link, (user and user.timezone) or ""
    registration = queries.registrations.find_by_id(link.registration_id)
    typed = Changes.from_json(registration.profile).columns if registration else {}
    return link, typed.get("timezone") or ""
