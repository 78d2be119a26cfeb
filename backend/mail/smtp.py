"""One conversation with the mail server: it is connected to, given mails one after the other, and left."""

import asyncio
import contextlib
import logging
import re
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP

import aiosmtplib
from aiosmtplib import SMTPDataError, SMTPNotSupported, SMTPResponseException

from backend.settings.mail import SmtpServer

log = logging.getLogger("backend.mail")

FAILURES = (aiosmtplib.SMTPException, OSError, asyncio.TimeoutError, ValueError)
OK, START_INPUT = 250, 354
SERVICE_NOT_AVAILABLE = 421  # an answer to anything, after which the server hangs up
ENHANCED_CODE = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\S)")
ABOUT_THE_RECIPIENT = ("", "5.1.", "5.2.")  # address, mailbox; other codes tell of rules, which the owner may mend

FEW_PAUSES = (timedelta(seconds=5), timedelta(minutes=10))
MORE_PAUSES = (*FEW_PAUSES, timedelta(hours=1), timedelta(hours=6), timedelta(hours=24))


@dataclass(frozen=True)
class SmtpTimeouts:
    """Seconds the server has for each step: no less than RFC 5321 asks for in 4.5.3.2."""

    opening: float = 300.0  # each of: the connection and its greeting, EHLO, STARTTLS, AUTH
    envelope: float = 300.0  # each of: MAIL, RCPT
    data: float = 120.0
    final_dot: float = 600.0
    goodbye: float = 5.0  # ours: nothing depends on it
    second_connection: float = 15.0  # ours: then a second connection is opened beside the first, and so on


@dataclass
class ServerFeatures:
    """What the mail server can do, as it said at the last connection; None before the first."""

    takes_utf8: bool | None = None


@dataclass(frozen=True)
class Envelope:
    """A mail and the addresses the server is told, which need not stand in it."""

    message: EmailMessage
    sender: str
    recipient: str

    @property
    def needs_utf8(self) -> bool:
        return not f"{self.sender}{self.recipient}".isascii()


class MailError(Exception):
    """A mail was not taken. `kind` and `code` say how, without any of the server's words: those may hold an address."""

    def __init__(self, cause: BaseException) -> None:
        if isinstance(cause.__cause__, ssl.SSLError):
            cause = cause.__cause__
        self.reply, words = max(int(getattr(cause, "code", 0) or 0), 0), str(getattr(cause, "message", cause))
        super().__init__(f"{type(cause).__name__}: {f'{self.reply} {words}' if self.reply else words}")
        enhanced = ENHANCED_CODE.match(words) if self.reply else None
        self.kind, self.enhanced_code = type(cause).__name__, enhanced[0] if enhanced else ""

    @property
    def code(self) -> str:
        """Such as "550 5.1.1" (RFC 3463) or "550"; empty if there was no answer."""
        return f"{self.reply} {self.enhanced_code}".strip() if self.reply else ""


class MailServerUnavailableError(MailError):
    """The server cannot be reached, or takes nothing from us: other mails need not try now."""


class TransactionFailedError(MailError):
    """It went wrong with this mail, before all of it was handed over."""


class MailRefusedError(MailError):
    """The server refused this mail. `is_permanent`: it says that it will not take it later either."""

    @property
    def is_permanent(self) -> bool:
        return not 400 <= self.reply < 500

    @property
    def pauses(self) -> tuple[timedelta, ...]:
        """Between the tries after permanent refusals; then it is given up."""
        return FEW_PAUSES if self.enhanced_code[:4] in ABOUT_THE_RECIPIENT else MORE_PAUSES


class AnswerLostError(MailError):
    """All of the mail was handed over, and the answer never came: the server may have it, or not."""


class SmtpSession:
    """Connects for the first mail; the next ones go over the same connection. `on_accepted` is called when the server
    takes mails from us."""

    def __init__(
        self,
        server: SmtpServer,
        timeouts: SmtpTimeouts,
        on_accepted: Callable[[], None],
        features: ServerFeatures | None = None,
    ) -> None:
        self._server = server
        self._timeouts = timeouts
        self._on_accepted = on_accepted
        self._features = features or ServerFeatures()
        self._connection: aiosmtplib.SMTP | None = None

    async def send(self, envelope: Envelope, on_handover: Callable[[], None]) -> None:
        """Hand a mail over. `on_handover` is called just before all of it is out. Raises a child of MailError.

        After a failure the connection is closed, so that nothing of this mail's meets the next one.
        """
        try:
            await self._transmit(await self._begin(envelope), envelope, on_handover)
        except BaseException:
            self.abort()
            raise

    async def probe(self, sender: str) -> None:
        """See whether the server would take a mail of this sender. Raises MailServerUnavailableError."""
        try:
            self._connection = connection = await self.open()
            await self._name_sender(connection, sender, [], "ascii")
            await _step(connection.rset(timeout=self._timeouts.envelope))
        except BaseException:
            self.abort()
            raise

    async def close(self) -> None:
        """Take leave, as servers like it."""
        if self._connection is not None:
            with contextlib.suppress(*FAILURES):
                await self._connection.quit(timeout=self._timeouts.goodbye)
            self.abort()

    def abort(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    async def _begin(self, envelope: Envelope) -> aiosmtplib.SMTP:
        """Name sender and recipient. A connection used before may have been closed meanwhile: that is no failure."""
        if self._connection is not None:
            with contextlib.suppress(MailServerUnavailableError):
                return await self._address(self._connection, envelope)
            self.abort()
        self._connection = await self.open()
        return await self._address(self._connection, envelope)

    async def _address(self, connection: aiosmtplib.SMTP, envelope: Envelope) -> aiosmtplib.SMTP:
        encoding = "utf-8" if envelope.needs_utf8 else "ascii"
        await self._name_sender(connection, envelope.sender, _mail_options(connection, envelope), encoding)
        await _step(connection.rcpt(envelope.recipient, encoding=encoding, timeout=self._timeouts.envelope))
        return connection

    async def _name_sender(self, connection: aiosmtplib.SMTP, sender: str, options: list[str], encoding: str) -> None:
        try:
            await connection.mail(sender, options=options, encoding=encoding, timeout=self._timeouts.envelope)
        except FAILURES as error:  # the sender is the same for all mails
            raise MailServerUnavailableError(error) from error
        self._on_accepted()

    async def _transmit(self, connection: aiosmtplib.SMTP, envelope: Envelope, on_handover: Callable[[], None]) -> None:
        content = _content(connection, envelope)
        answer = await _step(connection.execute_command(b"DATA", timeout=self._timeouts.data))
        if answer.code != START_INPUT or connection.protocol is None:
            raise _refusal(SMTPDataError(answer.code, answer.message))
        on_handover()
        try:
            connection.protocol.write(content)
            answer = await connection.protocol.read_response(timeout=self._timeouts.final_dot)
        except FAILURES as error:
            raise AnswerLostError(error) from error
        if answer.code != OK:
            raise _refusal(SMTPDataError(answer.code, answer.message))

    async def open(self) -> aiosmtplib.SMTP:
        """A connection that is greeted, encrypted and logged in. Raises MailServerUnavailableError.

        Where that takes long another one is opened beside it: nothing is sent yet, so nothing can be sent twice, and
        a connection that got stuck on its way does not keep a mail for as long as a slow server may take.
        """
        openings, pause = [asyncio.create_task(self._open())], self._timeouts.second_connection
        try:
            while True:
                done, _ = await asyncio.wait(openings, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
                if done:
                    return openings.pop(openings.index(done.pop())).result()
                log.warning("the mail server does not answer: another connection is tried beside")
                openings.append(asyncio.create_task(self._open()))
                pause *= 2
        finally:
            await _close(openings)

    async def _open(self) -> aiosmtplib.SMTP:
        server = self._server
        connection = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            use_tls=server.tls == "implicit",
            start_tls={"required": True, "opportunistic": None}.get(server.tls, False),
            validate_certs=server.checks_certificate,
            local_hostname=server.helo,
            username=server.username,
            password=server.password,
            timeout=self._timeouts.opening,
        )
        try:
            await connection.connect()
        except FAILURES as error:
            connection.close()
            raise MailServerUnavailableError(error) from error
        self._features.takes_utf8 = connection.supports_extension("smtputf8")
        return connection


async def _close(openings: list[asyncio.Task[aiosmtplib.SMTP]]) -> None:
    """Close connections that were opened in vain. Cancels until it counts: see `delivery.stop`."""
    while pending := [opening for opening in openings if not opening.done()]:
        for opening in pending:
            opening.cancel()
        await asyncio.wait(pending, timeout=0.1)
    for opening in openings:
        if not opening.cancelled() and opening.exception() is None:
            opening.result().close()


async def _step(answer: Awaitable[aiosmtplib.SMTPResponse]) -> aiosmtplib.SMTPResponse:
    """A step before the mail is handed over."""
    try:
        return await answer
    except SMTPResponseException as error:
        raise _refusal(error) from error
    except FAILURES as error:
        raise TransactionFailedError(error) from error


def _refusal(error: SMTPResponseException) -> MailError:
    if error.code == SERVICE_NOT_AVAILABLE:
        return MailServerUnavailableError(error)
    return MailRefusedError(error) if error.code > 0 else TransactionFailedError(error)


def _mail_options(connection: aiosmtplib.SMTP, envelope: Envelope) -> list[str]:
    """For MAIL. Raises MailRefusedError where the server cannot take such an address."""
    if envelope.needs_utf8 and not connection.supports_extension("smtputf8"):
        raise MailRefusedError(SMTPNotSupported("SMTPUTF8 is not offered"))
    options = ["BODY=8BITMIME"] if connection.supports_extension("8bitmime") else []
    return [*options, "SMTPUTF8"] if envelope.needs_utf8 else options


def _content(connection: aiosmtplib.SMTP, envelope: Envelope) -> bytes:
    """The mail as it is transmitted: a line that begins with a dot gets another one, and a dot alone ends it."""
    cte_type = "8bit" if connection.supports_extension("8bitmime") else "7bit"
    policy = SMTP.clone(cte_type=cte_type, utf8=envelope.needs_utf8)
    return re.sub(rb"(?m)^\.", b"..", envelope.message.as_bytes(policy=policy)) + b".\r\n"
