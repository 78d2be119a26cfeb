"""Mails that somebody asks for by address, or once more by the handle of an old link.

Nobody learns from them who has an account: each answers alike and writes as much whether or not a mail goes out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from backend.kernel import fields
from backend.kernel.fields import Address
from backend.kernel.keys import hash_secret
from backend.kernel.refusals import refusal
from backend.mail.letter import CHANGE_EMAIL, CONFIRM, DELETE_ACCOUNT, LOG_IN, Letter
from backend.mail.letters import ALREADY_REGISTERED, CONFIRMATION, LOGIN_LINK, PASSWORD_RESET
from backend.rules import limits
from backend.rules.confirmation import can_be_mailed, find_own_registration, is_unconfirmed
from backend.rules.context import ClientInfo, Services
from backend.rules.email_links import find_pending_link
from backend.rules.emails import mail_pending_link
from backend.rules.limits import Counter
from backend.rules.mail_limits import count_mail, find_mail_counters, find_sign_up_mail_counters, prepay_sign_up_mail
from backend.rules.mailer import Mailer
from backend.store import Queries
from backend.store.records import Link, User

TO_OWNERS: Mapping[str, Callable[[Mailer, User], None]] = {
    LOGIN_LINK.name: Mailer.send_login_link,
    ALREADY_REGISTERED.name: Mailer.send_already_registered,
    PASSWORD_RESET.name: Mailer.send_password_reset,
}


async def resend_confirmation(services: Services, email: Address, client: ClientInfo) -> None:
    """Mail the confirmation of an address again, once for all registrations that wait for it.

    Raises `rate_limit_exceeded`.
    """
    await _MailRequest(services, CONFIRMATION, email, client).run()


async def send_login_link(services: Services, email: Address, client: ClientInfo) -> None:
    """Mail a login link to the owner of an account. Raises `rate_limit_exceeded`."""
    await _MailRequest(services, LOGIN_LINK, email, client).run()


async def send_already_registered(services: Services, email: Address, client: ClientInfo) -> None:
    """Mail a login link to the owner of an account whose address was used to sign up. Raises `rate_limit_exceeded`."""
    await _MailRequest(services, ALREADY_REGISTERED, email, client).run()


async def send_password_reset(services: Services, email: Address, client: ClientInfo) -> None:
    """Mail a link to choose a new password. Raises `rate_limit_exceeded`."""
    await _MailRequest(services, PASSWORD_RESET, email, client).run()


async def resend_by_token(services: Services, token: str, client: ClientInfo) -> Address:
    """Mail the same kind of link to the same address again, which is returned; `token` is the old link's handle or
    access token.

    Raises `unknown_access_token`, `rate_limit_exceeded`, or of a change of address `nothing_pending`.
    """
    email = await services.store.write(_resend_by_token, services, token, client)
    services.mail_waits.set()
    return email


@dataclass(frozen=True)
class _MailRequest:
    services: Services
    letter: Letter
    email: Address
    client: ClientInfo

    async def run(self) -> None:
        await self.services.store.read(self._check_limits)
        await self.services.store.write(self._write)
        self.services.mail_waits.set()

    def _check_limits(self, queries: Queries) -> None:
        limits.check(queries, self.services, self._find_counters(queries))

    def _write(self, queries: Queries) -> None:
        # A letter to an owner is the same for everybody who asks; of confirmations each browser may have its own.
        registration = self.client.registration if self.letter is CONFIRMATION else ""
        counters = self._find_counters(queries)
        count_mail(queries, self.services, counters, f"{self.letter.name}:{registration}")
        if self.letter is CONFIRMATION:
            prepay_sign_up_mail(queries, self.services, self.email)
        _send(queries, self.services, self.letter, queries.users.find_by_email(self.email.key), self.client)

    def _find_counters(self, queries: Queries) -> Sequence[Counter]:
        find = find_sign_up_mail_counters if self.letter is ALREADY_REGISTERED else find_mail_counters
        return find(queries, self.services, self.email, self.client)


def _send(queries: Queries, services: Services, letter: Letter, user: User | None, client: ClientInfo) -> None:
    """Send the letter if the user may have it, else nothing, with as many statements."""
    mailer = Mailer(queries, services, client)
    if user is None or not _may_have(services, letter, user):
        mailer.send_nothing()
    elif letter is CONFIRMATION:
        mailer.send_confirmation(user, find_own_registration(queries, user, client))
    else:
        TO_OWNERS[letter.name](mailer, user)


def _may_have(services: Services, letter: Letter, user: User) -> bool:
    """Return whether this user gets the letter.

    Confirmations are for unconfirmed addresses, links that log in for addresses that are proven to be the user's. An
    account whose number is confirmed is not given to whoever confirms an address that was once typed for it.
    """
    if letter is CONFIRMATION:
        return is_unconfirmed(services, user) and not user.phone_verified
    return can_be_mailed(services, user)


def _resend_by_token(queries: Queries, services: Services, token: str, client: ClientInfo) -> Address:
    digest = hash_secret(token)
    link = queries.links.find_by_handle(digest) or queries.links.find_by_access_token(digest)
    if link is None:
        raise refusal("unknown_access_token")
    email = fields.email(link.email)
    counters = find_mail_counters(queries, services, email, client)
    count_mail(queries, services, counters, f"{link.kind}:{client.registration}")
    _resend(queries, services, link, replace(client, next_path=client.next_path or link.next_path))
    return email


def _resend(queries: Queries, services: Services, link: Link, client: ClientInfo) -> None:
    user = queries.users.find_by_id(link.user_id)
    if link.kind == CONFIRM:
        _send(queries, services, CONFIRMATION, user, client)
    elif link.kind == CHANGE_EMAIL:
        _resend_email_change(queries, services, link, user, client)
    elif user is not None and link.email == user.email and link.kind != DELETE_ACCOUNT:  # that needs a session
        _send(queries, services, LOGIN_LINK if link.kind == LOG_IN else PASSWORD_RESET, user, client)
    else:  # or the address has changed since: it is not theirs any more
        Mailer(queries, services, client).send_nothing()


def _resend_email_change(
    queries: Queries, services: Services, link: Link, user: User | None, client: ClientInfo
) -> None:
    """Mail the new address again, only while that change is pending. Raises `nothing_pending`."""
    pending = find_pending_link(queries, user, services.clock()) if user else None
    if user is None or pending is None or pending.email != link.email:
        raise refusal("nothing_pending")
    mail_pending_link(queries, services, user, pending, client)
