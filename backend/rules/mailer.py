"""Mails with links: what is asked for, and which link each gets."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from backend.kernel import fields
from backend.kernel.fields import Address
from backend.kernel.keys import access_token, hash_secret, new_id, reference
from backend.kernel.refusals import refusal
from backend.rules import limits
from backend.rules.context import ClientInfo, Services
from backend.rules.limits import SAME_MAIL, Bucket
from backend.store import Queries
from backend.store.records import Link, Mail, Registration, User

Kind = Literal["email-confirm", "magic-link", "reset-pwd", "change-email"]

CONFIRM: Kind = "email-confirm"
MAGIC: Kind = "magic-link"
RESET: Kind = "reset-pwd"
CHANGE: Kind = "change-email"
TAKEN = "magic-link-sign-up"  # a letter of its own with a link of the kind MAGIC


async def resend_confirmation(services: Services, email: Address, client: ClientInfo) -> None:
    """Mail the confirmation of an address once more: one mail, whatever waits for it."""

    def work(queries: Queries) -> bool:
        limits.pay_for_letter(queries, services, email)
        return _resend(queries, services, queries.users.find_by_email(email.key), client)

    await _mail(services, lambda queries: limits.for_mails(queries, services, email, client), work, CONFIRM, client)


async def send_magic(services: Services, email: Address, client: ClientInfo) -> None:
    await _mail_owner(services, MAGIC, email, client)


async def send_magic_at_sign_up(services: Services, email: Address, client: ClientInfo) -> None:
    """The same link. Its mail says that somebody tried to create an account, and that there is one already."""

    def work(queries: Queries) -> bool:
        return _send_to_owner(queries, services, MAGIC, email.key, client, letter=TAKEN)

    def buckets(queries: Queries) -> list[Bucket]:
        return limits.for_letters_at_sign_up(queries, services, email, client)

    await _mail(services, buckets, work, TAKEN, client)


async def send_reset(services: Services, email: Address, client: ClientInfo) -> None:
    await _mail_owner(services, RESET, email, client)


async def send_again(services: Services, token: str, client: ClientInfo) -> None:
    """The same kind of mail to the same address, for who holds a link's reference or its access token.

    Raises `unknown_access_token` or `rate_limit_exceeded`.
    """
    digest = hash_secret(token)

    def work(queries: Queries) -> bool:
        link = queries.links.find_by_reference(digest) or queries.links.find_by_access_token(digest)
        if link is None:
            raise refusal("unknown_access_token")
        buckets = limits.for_mails(queries, services, fields.email(link.email), client)
        limits.count_mail(queries, services, buckets, f"{link.kind}:{client.registration}")
        return _send_like(queries, services, link, replace(client, next_path=client.next_path or link.next_path))

    await _mail(services, lambda _: [], work, "", client)


async def _mail_owner(services: Services, kind: Kind, email: Address, client: ClientInfo) -> None:
    def buckets(queries: Queries) -> list[Bucket]:
        return limits.for_mails(queries, services, email, client)

    def work(queries: Queries) -> bool:
        return _send_to_owner(queries, services, kind, email.key, client)

    await _mail(services, buckets, work, kind, client)


async def _mail(
    services: Services,
    buckets: Callable[[Queries], Sequence[Bucket]],
    work: Callable[[Queries], bool],
    kind: str,
    client: ClientInfo,
) -> None:
    """Writes something in any case, so that the time taken does not tell who has an account."""

    def writing(queries: Queries) -> None:
        if counting := buckets(queries):
            # A letter to an owner is the same for whoever asks; of confirmations each browser may have its own.
            own = client.registration if kind == CONFIRM else ""
            limits.count_mail(queries, services, counting, f"{kind}:{own}")
        if not work(queries):
            _send_nothing(queries, services, client)

    await services.store.read(lambda queries: limits.check(queries, services, buckets(queries)))
    await services.store.write(writing)
    services.mail_waits.set()


def _send_nothing(queries: Queries, services: Services, client: ClientInfo) -> None:
    """As many statements as `send` needs, of the same kinds."""
    now = services.clock()
    link = _new_link(services, MAGIC, "", client, "", None, now)
    queries.links.has_been_sent(link, since=now - SAME_MAIL)
    for _statement in ("the link", "its mail"):
        queries.meta.set("last_unsent_mail", now.isoformat())


def _send_to_owner(
    queries: Queries, services: Services, kind: Kind, email_key: str, client: ClientInfo, *, letter: str = ""
) -> bool:
    """With confirmation on, only who has shown that the address is theirs gets links that log in."""
    user = queries.users.find_by_email(email_key)
    if user is None or (services.settings.email_confirmation and not user.email_verified):
        return False
    send(queries, services, kind, user, client, letter=letter)
    return True


def _resend(queries: Queries, services: Services, user: User | None, client: ClientInfo) -> bool:
    if user is None or user.email_verified or not services.settings.email_confirmation:
        return False
    _send_confirmation(queries, services, user, client)
    return True


def _send_confirmation(queries: Queries, services: Services, user: User, client: ClientInfo) -> None:
    """The asking browser's own registration; where it has none, a confirmation that takes over nobody's password.

    Of a registration the mail says when and from which browser it was typed, not who asked for the mail again.
    """
    registration = _find_own(queries, user, client)
    if registration is None:
        send(queries, services, CONFIRM, user, client)
        return
    typed_in = {"user_agent": registration.user_agent, "address": registration.address}
    client = replace(client, **typed_in, language=registration.language)
    send(queries, services, CONFIRM, user, client, registration=registration)


def _find_own(queries: Queries, user: User, client: ClientInfo) -> Registration | None:
    """By its secret. A client of Altogic's has none to tell one from another: it gets the only one, if nobody else's
    is there."""
    if client.registration:
        return queries.registrations.find_by_secret(user.id, client.registration)
    waiting = queries.registrations.list_for_user(user.id)
    return waiting[0] if len(waiting) == 1 and waiting[0].secret_hash is None else None


def _send_like(queries: Queries, services: Services, link: Link, client: ClientInfo) -> bool:
    user = queries.users.find_by_id(link.user_id)
    if user is None:
        return False
    if link.kind == CONFIRM:
        return _resend(queries, services, user, client)
    if link.kind == CHANGE:
        return _send_change_like(queries, services, user, link, client)
    if link.email != user.email:
        return False  # the address has changed since: it is not theirs any more
    return _send_to_owner(queries, services, MAGIC if link.kind == MAGIC else RESET, user.email_key, client)


def _send_change_like(queries: Queries, services: Services, user: User, link: Link, client: ClientInfo) -> bool:
    """Only while it is still a change, and one that its owner did not take back by changing the password."""
    if user.email == link.email or link.spent_at:
        return False
    send(queries, services, CHANGE, user, client, email=link.email)
    return True


def send(
    queries: Queries,
    services: Services,
    kind: Kind,
    user: User,
    client: ClientInfo,
    *,
    email: str = "",
    registration: Registration | None = None,
    letter: str = "",
) -> None:
    """Makes a link and puts its mail into the outbox, in the caller's transaction. Just sent, it is not sent again.

    The user's own language wins over that of the browser that asked, which may be anybody's.
    """
    now, to = services.clock(), email or user.email
    client = replace(client, language=services.mail_templates.find_language(user.language) or client.language)
    link = _new_link(services, kind, user.id, client, to, registration, now)
    if queries.links.has_been_sent(link, since=now - SAME_MAIL):
        return
    queries.links.insert(link)
    is_proven = user.email_verified and to == user.email
    name = user.name or "" if is_proven else ""  # what a stranger typed is not mailed to an address that is not theirs
    queries.mails.insert(_new_mail(letter or kind, link, name, client.language))


def _new_link(
    services: Services,
    kind: Kind,
    user_id: str,
    client: ClientInfo,
    email: str,
    registration: Registration | None,
    now: datetime,
) -> Link:
    link_id = new_id()
    key = services.keyring.link_key(link_id)
    return Link(
        id=link_id,
        kind=kind,
        user_id=user_id,
        registration_id=registration.id if registration else None,
        email=email,
        key_hash=hash_secret(key),
        access_hash=hash_secret(access_token(key)),
        reference_hash=hash_secret(reference(key)),
        created_at=now,
        expires_at=now + timedelta(seconds=services.settings.link_expiry),
        pressed_at=None,
        access_expires_at=None,
        spent_at=None,
        asked_at=registration.created_at if registration else now,
        user_agent=client.user_agent,
        address=client.address,
        language=client.language,
        waiting_hash=client.registration or None,
        next_path=client.next_path,
    )


def _new_mail(letter: str, link: Link, name: str, language: str) -> Mail:
    return Mail(
        id=new_id(),
        kind=letter,
        link_id=link.id,
        user_id=link.user_id,
        recipient=link.email,
        name=name,
        language=language,
        created_at=link.created_at,
        tries=0,
        next_try_at=link.created_at,
        delivered_at=None,
        given_up_at=None,
        failure=None,
    )
