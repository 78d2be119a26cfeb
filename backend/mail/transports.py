"""Transports of mail: to a mail server by SMTP (smtp_transport.py) or, without one, a line in the terminal."""

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from backend.kernel.clock import Clock
from backend.mail.templates import RenderedMail
from backend.settings import Settings
from backend.store.records import Mail


@dataclass
class ServerFeatures:
    """What the mail server offered at the latest connection; None before the first."""

    takes_utf8: bool | None = None


class MailSession(Protocol):
    """Takes one mail after the other."""

    async def send(self, mail: Mail, rendered: RenderedMail, on_handover: Callable[[], None]) -> None:
        """Send a mail. `on_handover` is called once it may have arrived. Raises a child of MailError."""
        ...

    async def probe(self) -> None:
        """Check whether mails would be taken. Raises a child of MailError."""
        ...


class MailTransport(Protocol):
    """Where mails go."""

    def connect(self, on_accepted: Callable[[], None]) -> AbstractAsyncContextManager[MailSession]:
        """Open a session. `on_accepted` is called when the server takes mails from our sender."""
        ...


def choose_transport(settings: Settings, clock: Clock, features: ServerFeatures) -> MailTransport | None:
    """Return the transport that the settings ask for; None if there is neither a mail server nor an outbox page.

    `features` is filled in at each connection.
    """
    if settings.mail.server:
        from backend.mail.smtp_transport import SmtpTransport  # imported here: without a mail server it is not needed

        return SmtpTransport(settings.mail.server, settings.mail.sender, settings.public.site_name, clock, features)
    return TerminalTransport(settings.public.url) if settings.mail.has_outbox else None


class TerminalTransport:
    """Prints where a mail can be read, never its link."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url

    @asynccontextmanager
    async def connect(self, on_accepted: Callable[[], None]) -> AsyncIterator[MailSession]:  # noqa: ARG002
        yield self

    async def send(self, mail: Mail, rendered: RenderedMail, on_handover: Callable[[], None]) -> None:  # noqa: ARG002
        sys.stdout.write(f"Mail for {mail.recipient}: {self._public_url}/outbox/{mail.id}\n")
        sys.stdout.flush()

    async def probe(self) -> None:
        """Do nothing: the terminal is there."""
