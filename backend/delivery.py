"""One background task takes mails from the outbox and delivers them, again and again until each has gone."""

import asyncio
import contextlib
import logging
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid, parseaddr
from typing import Protocol

import aiosmtplib

from backend.addresses import deliverable
from backend.environment import SmtpServer
from backend.mail import Letter
from backend.services import Services
from backend.store import Queries, StoreUnavailableError
from backend.store.records import Mail

log = logging.getLogger("backend.mail")

LEASE = timedelta(seconds=40)  # how long a claimed mail is left to its claimer, who may have died
CARRYING_SECONDS = 30.0  # all that one mail may take: less than its lease, or another process would send it too
POLL_SECONDS = 2.0  # other processes write mails too, and pauses end
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
GIVES_UP_AFTER = timedelta(days=2)
SMTP_TIMEOUT_SECONDS = 15.0  # for each answer of the server
# Lines are kept whole up to here, so that a link can be read in the raw mail.
POLICY = SMTP.clone(max_line_length=400)


class NobodyThereError(Exception):
    """The mail server does not answer: other mails need not try now. `cause` and `code` say how."""

    def __init__(self, cause: BaseException) -> None:
        super().__init__(f"{type(cause).__name__}: {cause}")
        self.cause, self.code = type(cause).__name__, getattr(cause, "code", "")


class Carrier(Protocol):
    """Takes mails away. `carry` raises NobodyThereError, or another of FAILURES for a mail that stays."""

    async def carry(self, mail: Mail, letter: Letter) -> None: ...

    async def rest(self) -> None:
        """Nothing more for now."""
        ...

    def drop(self) -> None:
        """Lets go of everything at once."""
        ...


SMTP_FAILURES = (aiosmtplib.SMTPException, OSError, asyncio.TimeoutError, ValueError)
FAILURES = (NobodyThereError, *SMTP_FAILURES)


@asynccontextmanager
async def delivering(services: Services) -> AsyncIterator[None]:
    """Runs the delivery while the context lasts."""
    carrier = _carrier(services)
    if carrier is None:
        log.warning("mails are kept and not sent: SMTP_URL is not set, and the outbox is only shown on loopback")
        yield
        return
    task = asyncio.create_task(_run(services, carrier))
    try:
        yield
    finally:
        await _stop(task)
        carrier.drop()


async def _stop(task: asyncio.Task[None]) -> None:
    """Cancels until it counts: `wait_for`, which the SMTP client uses, swallows a cancellation in Python 3.11."""
    while not task.done():
        task.cancel()
        await asyncio.wait([task], timeout=0.1)


def _carrier(services: Services) -> Carrier | None:
    settings = services.settings
    if settings.smtp:
        return SmtpCarrier(settings.smtp, settings.mail_from, settings.site_name)
    return TerminalCarrier(settings.public_url) if settings.outbox else None


async def _run(services: Services, carrier: Carrier) -> None:
    while True:
        services.mail_waits.clear()
        try:
            while await _deliver_next(services, carrier):
                pass
            await carrier.rest()
        except StoreUnavailableError:
            pass  # said where it happened; the mails are still there
        except Exception:
            log.exception("delivering mail failed")
        with contextlib.suppress(TimeoutError):
            # Not wait_for: in Python 3.11 it swallows a cancellation that meets the event, and the stop would hang.
            async with asyncio.timeout(POLL_SECONDS):
                await services.mail_waits.wait()


async def _deliver_next(services: Services, carrier: Carrier) -> bool:
    """One mail, over the connection of the one before. False: nothing was due, or the mail server is away."""
    now = services.clock()
    if not await services.store.read(lambda queries: queries.mails.any_due(now)):
        return False
    mail = await services.store.write(lambda queries: queries.mails.claim(now, until=now + LEASE))
    return mail is not None and await _deliver(services, carrier, mail)


async def _deliver(services: Services, carrier: Carrier, mail: Mail) -> bool:
    """False: the mail server is away."""
    letter = await compose(services, mail)
    if letter is None:
        await services.store.write(_giving_up(services, mail, "its link cannot be made any more"))
        return True
    try:
        async with asyncio.timeout(CARRYING_SECONDS):
            await carrier.carry(mail, letter)
    except FAILURES as error:
        await services.store.write(_after_failure(services, mail, error))
        return not isinstance(error, (NobodyThereError, TimeoutError))
    await services.store.write(_after_success(services, mail))
    return True


async def compose(services: Services, mail: Mail) -> Letter | None:
    """The mail as it is read. None: its link, or the secret key that made it, is gone."""
    link, user = await services.store.read(
        lambda queries: (queries.links.by_id(mail.link_id), queries.users.by_id(mail.user_id))
    )
    key = services.keyring.link_key_again(link.id, link.key_hash) if link else None
    timezone = user.timezone if user else None
    return services.messages.compose(mail, link, key, timezone or "") if link and key else None


def _after_success(services: Services, mail: Mail) -> Callable[[Queries], None]:
    now = services.clock()

    def work(queries: Queries) -> None:
        queries.mails.delivered(mail.id, now)
        if mail.tries:  # what it says of the time to use its link is true from now on
            queries.links.extend(mail.link_id, now + timedelta(seconds=services.settings.link_expiry))

    return work


def _after_failure(services: Services, mail: Mail, error: BaseException) -> Callable[[Queries], None]:
    now, failure = services.clock(), f"{type(error).__name__}: {error}"[:500]
    if now - mail.created_at >= GIVES_UP_AFTER:
        return _giving_up(services, mail, failure)
    log.warning("mail %s was not taken (try %d): %s", mail.id, mail.tries + 1, _kind(error))
    next_try_at = now + min(FIRST_PAUSE * 2 ** min(mail.tries, 12), LONGEST_PAUSE)
    return lambda queries: queries.mails.failed(mail.id, failure=failure, next_try_at=next_try_at)


def _kind(error: BaseException) -> str:
    """Without the words, which may hold an address: the row has them."""
    code = getattr(error, "code", "")
    return f"{getattr(error, 'cause', type(error).__name__)} {code}".strip()


def _giving_up(services: Services, mail: Mail, failure: str) -> Callable[[Queries], None]:
    log.error("mail %s is given up after %d tries", mail.id, mail.tries + 1)
    now = services.clock()
    return lambda queries: queries.mails.given_up(mail.id, failure=failure, now=now)


class TerminalCarrier:
    """Without a mail server: says in the terminal where the mail can be read. Never its link."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url

    async def carry(self, mail: Mail, letter: Letter) -> None:  # noqa: ARG002
        sys.stdout.write(f"Mail for {mail.recipient}: {self._public_url}/outbox/{mail.id}\n")
        sys.stdout.flush()

    async def rest(self) -> None:
        """Nothing is held."""

    def drop(self) -> None:
        """Nothing is held."""


class SmtpCarrier:
    """Hands mails to a mail server, a batch over one connection."""

    def __init__(self, server: SmtpServer, sender: str, site_name: str) -> None:
        self._server = server
        name, self._sender = parseaddr(sender)
        self._from = Address(name or site_name, addr_spec=deliverable(self._sender))
        self._connection: aiosmtplib.SMTP | None = None

    async def carry(self, mail: Mail, letter: Letter) -> None:
        message = self._message(mail, letter)
        connection = await self._connected()
        try:
            await connection.send_message(message, sender=self._sender, recipients=[deliverable(mail.recipient)])
        except (aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError, OSError) as error:
            self.drop()
            raise NobodyThereError(error) from error
        except asyncio.CancelledError:
            self.drop()
            raise

    async def rest(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(*SMTP_FAILURES):
                await self._connection.quit()
            self.drop()

    def drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._connection is None:
            server = self._server
            connection = aiosmtplib.SMTP(
                hostname=server.host,
                port=server.port,
                use_tls=server.tls,
                username=server.username,
                password=server.password,
                timeout=SMTP_TIMEOUT_SECONDS,
            )
            try:
                await connection.connect()
            except SMTP_FAILURES as error:
                connection.close()
                raise NobodyThereError(error) from error
            self._connection = connection
        return self._connection

    def _message(self, mail: Mail, letter: Letter) -> EmailMessage:
        """Built from parsed parts: no name or address can add a header or a recipient."""
        message = EmailMessage(policy=POLICY)
        message["From"] = self._from
        message["To"] = Address(addr_spec=deliverable(mail.recipient))
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(mail.created_at)
        message["Message-ID"] = make_msgid(mail.id, domain=self._from.domain)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
        return message
