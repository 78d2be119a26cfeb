"""Mails of the outbox, rendered when they are sent or shown: the outbox holds no link that could be used."""

from backend.mail.templates import RenderedMail
from backend.rules.context import Services
from backend.store import Queries
from backend.store.records import Link, Mail, User


async def list_newest_mails(services: Services, count: int) -> list[Mail]:
    return await services.store.read(_list_newest, count)


def _list_newest(queries: Queries, count: int) -> list[Mail]:
    return queries.mails.list_newest(count)


async def find_mail(services: Services, mail_id: str) -> Mail | None:
    return await services.store.read(_find_mail, mail_id)


def _find_mail(queries: Queries, mail_id: str) -> Mail | None:
    return queries.mails.find_by_id(mail_id)


async def render_mail(services: Services, mail: Mail) -> RenderedMail | None:
    """Render a mail, or return None if its link, or the secret key that made the link, is gone."""
    link, user = await services.store.read(_find_link_and_user, mail)
    key = services.keyring.recover_link_key(link.id, link.key_hash) if link else None
    if link is None or key is None:
        return None
    return services.mail_templates.render(mail, link, key, (user and user.timezone) or "")


def _find_link_and_user(queries: Queries, mail: Mail) -> tuple[Link | None, User | None]:
    return queries.links.find_by_id(mail.link_id), queries.users.find_by_id(mail.user_id)
