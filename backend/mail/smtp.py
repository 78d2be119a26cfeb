"""SMTP: one conversation with the mail server, which takes mails one after the other."""

import asyncio
import contextlib
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP

import aiosmtplib
from aiosmtplib import SMTPDataError, SMTPNotSupported, SMTPResponseException

from backend.mail.errors import (
    MailAnswerLostError,
    MailError,
    MailRefusedError,
    MailServerUnavailableError,
    TransactionFailedError,
)
from backend.mail.transports import ServerFeatures
from backend.settings.mail import SmtpServer

log = logging.getLogger("backend.mail")

FAILURES = (aiosmtplib.SMTPException, OSError, asyncio.TimeoutError, ValueError)
OK, START_INPUT = 250, 354
SERVICE_NOT_AVAILABLE = 421  # an answer to anything, after which the server hangs up


@dataclass(frozen=True)
class SmtpTimeouts:
    """Seconds that the server has for each step, at least what RFC 5321 asks for in 4.5.3.2."""

    opening: float = 300.0  # each of: the connection and its greeting, EHLO, STARTTLS, AUTH
    envelope: float = 300.0  # each of: MAIL, RCPT
    data: float = 120.0
    final_dot: float = 600.0
    goodbye: float = 5.0  # ours, not the RFC's: nothing depends on it
    second_connection: float = 15.0  # ours: then one more connection is tried beside the first; doubled for each more


@dataclass(frozen=True)
class Envelope:
    """A message, and the sender and recipient that are named to the server."""

    message: EmailMessage
    sender: str
    recipient: str

    @property
    def needs_utf8(self) -> bool:
        return not f"{self.sender}{self.recipient}".isascii()


class SmtpSession:
    """Connects for the first mail; the next ones go over the same connection.

    `on_accepted` is called when the server takes mails from our sender. `features` are filled in at each connection.
    """

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
        """Send a mail. `on_handover` is called just before its last bytes are out. Raises a child of MailError.

        After a failure the connection is closed, so that nothing of this mail is left for the next one.
        """
        try:
            await self._transmit(await self._start_transaction(envelope), envelope, on_handover)
        except BaseException:
            self.abort()
            raise

    async def probe(self, sender: str) -> None:
        """Check whether the server takes mails of this sender. Raises MailServerUnavailableError."""
        try:
            self._connection = connection = await self.open()
            await self._send_sender(connection, sender, [], "ascii")
            await _await_step(connection.rset(timeout=self._timeouts.envelope))
        except BaseException:
            self.abort()
            raise

    async def close(self) -> None:
        """Say QUIT, and close the connection."""
        if self._connection is not None:
            with contextlib.suppress(*FAILURES):
                await self._connection.quit(timeout=self._timeouts.goodbye)
            self.abort()

    def abort(self) -> None:
        """Close the connection without a word."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    async def _start_transaction(self, envelope: Envelope) -> aiosmtplib.SMTP:
        """Send the envelope, over a new connection if the server has closed the one that was used before."""
        if self._connection is not None:
            with contextlib.suppress(MailServerUnavailableError):
                return await self._send_envelope(self._connection, envelope)
            self.abort()
        self._connection = await self.open()
        return await self._send_envelope(self._connection, envelope)

    async def _send_envelope(self, connection: aiosmtplib.SMTP, envelope: Envelope) -> aiosmtplib.SMTP:
        encoding = "utf-8" if envelope.needs_utf8 else "ascii"
        await self._send_sender(connection, envelope.sender, _choose_options(connection, envelope), encoding)
        await _await_step(connection.rcpt(envelope.recipient, encoding=encoding, timeout=self._timeouts.envelope))
        return connection

    async def _send_sender(self, connection: aiosmtplib.SMTP, sender: str, options: list[str], encoding: str) -> None:
        try:
            await connection.mail(sender, options=options, encoding=encoding, timeout=self._timeouts.envelope)
        except FAILURES as error:  # the sender is the same for all mails
            raise MailServerUnavailableError(error) from error
        self._on_accepted()

    async def _transmit(self, connection: aiosmtplib.SMTP, envelope: Envelope, on_handover: Callable[[], None]) -> None:
        content = _encode(connection, envelope)
        answer = await _await_step(connection.execute_command(b"DATA", timeout=self._timeouts.data))
        if answer.code != START_INPUT or connection.protocol is None:
            raise _make_error(SMTPDataError(answer.code, answer.message))
        on_handover()
        try:
            connection.protocol.write(content)
            answer = await connection.protocol.read_response(timeout=self._timeouts.final_dot)
        except FAILURES as error:
            raise MailAnswerLostError(error) from error
        if answer.code != OK:
            raise _make_error(SMTPDataError(answer.code, answer.message))

    async def open(self) -> aiosmtplib.SMTP:
        """Open a connection: greeted, encrypted, logged in. Raises MailServerUnavailableError.

        When that takes long another one is tried beside it, so that a connection that got stuck does not hold a mail up
        for as long as a slow server may take. Nothing is sent yet, so nothing can be sent twice.
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
            await _close_all(openings)

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


async def _close_all(openings: list[asyncio.Task[aiosmtplib.SMTP]]) -> None:
    """Close connections that were opened in vain. Cancels them until they end, as queue/delivery.py does."""
    while pending := [opening for opening in openings if not opening.done()]:
        for opening in pending:
            opening.cancel()
        await asyncio.wait(pending, timeout=0.1)
    for opening in openings:
        if not opening.cancelled() and opening.exception() is None:
            opening.result().close()


async def _await_step(answer: Awaitable[aiosmtplib.SMTPResponse]) -> aiosmtplib.SMTPResponse:
    """Wait for the answer to a step before the mail is handed over. Raises a child of MailError."""
    try:
        return await answer
    except SMTPResponseException as error:
        raise _make_error(error) from error
    except FAILURES as error:
        raise TransactionFailedError(error) from error


def _make_error(error: SMTPResponseException) -> MailError:
    if error.code == SERVICE_NOT_AVAILABLE:
        return MailServerUnavailableError(error)
    return MailRefusedError(error) if error.code > 0 else TransactionFailedError(error)


def _choose_options(connection: aiosmtplib.SMTP, envelope: Envelope) -> list[str]:
    """Choose the options of MAIL. Raises MailRefusedError for an address that the server cannot take."""
    if envelope.needs_utf8 and not connection.supports_extension("smtputf8"):
        raise MailRefusedError(SMTPNotSupported("SMTPUTF8 is not offered"))
    options = ["BODY=8BITMIME"] if connection.supports_extension("8bitmime") else []
    return [*options, "SMTPUTF8"] if envelope.needs_utf8 else options


def _encode(connection: aiosmtplib.SMTP, envelope: Envelope) -> bytes:
    """Encode the message for DATA: a line that begins with a dot gets another dot, and a dot alone ends it."""
    cte_type = "8bit" if connection.supports_extension("8bitmime") else "7bit"
    policy = SMTP.clone(cte_type=cte_type, utf8=envelope.needs_utf8)
    return re.sub(rb"(?m)^\.", b"..", envelope.message.as_bytes(policy=policy)) + b".\r\n"
