"""The transport of mail to a mail server, and the messages that it builds."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

from backend.kernel.addresses import encode_domain
from backend.kernel.clock import Clock
from backend.mail.errors import MailRefusedError
from backend.mail.smtp import Envelope, SmtpSession, SmtpTimeouts
from backend.mail.templates import RenderedMail
from backend.mail.transports import MailSession, ServerFeatures
from backend.settings.mail import SmtpServer
from backend.store.records import Mail

# Lines are kept whole up to here, so that a link can be read in the raw mail.
POLICY = SMTP.clone(max_line_length=400)
LONGEST_ID_DOMAIN = 39  # with it, and a mail's id, `Message-ID` fits into the 78 characters of a line


class SmtpTransport:
    """Sends mails to a mail server."""

    def __init__(
        self, server: SmtpServer, sender: str, site_name: str, clock: Clock, features: ServerFeatures | None = None
    ) -> None:
        self._server = server
        self._timeouts = SmtpTimeouts()
        self._features = features
        self._builder = MessageBuilder(sender, site_name, clock)

    @asynccontextmanager
    async def connect(self, on_accepted: Callable[[], None]) -> AsyncIterator[MailSession]:
        connection = SmtpSession(self._server, self._timeouts, on_accepted, self._features)
        try:
            yield _Conversation(connection, self._builder)
            await connection.close()
        finally:
            connection.abort()


class _Conversation:
    def __init__(self, connection: SmtpSession, builder: "MessageBuilder") -> None:
        self._connection = connection
        self._builder = builder

    async def send(self, mail: Mail, rendered: RenderedMail, on_handover: Callable[[], None]) -> None:
        try:
            await self._connection.send(self._builder.build(mail, rendered), on_handover)
        except ValueError as error:  # it cannot be written as a mail
            raise MailRefusedError(error) from error

    async def probe(self) -> None:
        await self._connection.probe(self._builder.sender)


class MessageBuilder:
    """Builds messages from parsed parts, so that no name or address can inject a header or a recipient."""

    def __init__(self, sender: str, site_name: str, clock: Clock) -> None:
        name, self.sender = parseaddr(sender)
        self._from = _as_header(encode_domain(self.sender), name or site_name)
        self._clock = clock

    def build(self, mail: Mail, rendered: RenderedMail) -> Envelope:
        """Build the message of a mail. Raises ValueError if it cannot be written as one."""
        recipient = encode_domain(mail.recipient)
        message = EmailMessage(policy=POLICY)
        message["From"] = self._from
        message["To"] = _as_header(recipient)
        message["Subject"] = rendered.subject
        message["Date"] = format_datetime(self._clock())
        message["Message-ID"] = f"<{mail.id}@{_shorten(self._from.domain)}>"  # the same at each try
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        message.set_content(rendered.text)
        message.add_alternative(rendered.html, subtype="html")
        return Envelope(message, self.sender, recipient)


def _as_header(address: str, name: str = "") -> Address:
    """Make the header from parts: parsed as a whole, letters beyond ASCII before the @ would be refused."""
    local, _at, domain = address.rpartition("@")
    return Address(name, local, domain)


def _shorten(domain: str) -> str:
    """Keep as many labels of the domain as fit into one line of `Message-ID`: some programs cannot read it folded."""
    while len(domain) > LONGEST_ID_DOMAIN and "." in domain:
        domain = domain.partition(".")[2]
    return domain
