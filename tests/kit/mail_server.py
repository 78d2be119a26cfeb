"""A mail server on loopback that can be made to refuse and to dawdle."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.kit.mailbox import SmtpServer


@dataclass
class RefusingServer(SmtpServer):
    """A mail server that says this to some recipients until it is told otherwise."""

    answers: dict[str, str] = field(default_factory=dict)
    pause_before_answer: float = 0.0  # seconds, to the final dot
    is_mute: bool = False  # takes a mail and hangs up without a word
    asked: int = 0
    slow: str = ""
    began: threading.Event = field(default_factory=threading.Event)
    goes_on: threading.Event = field(default_factory=threading.Event)

    @asynccontextmanager
    async def busy_with(self, address: str) -> AsyncIterator[None]:
        """It does not answer for this recipient until the block ends."""
        self.slow = address
        try:
            yield
        finally:
            self.slow = ""
            self.goes_on.set()

    async def is_busy(self) -> None:
        assert await asyncio.to_thread(self.began.wait, 10)

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's)
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],  # noqa: ARG002
    ) -> str:
        self.asked += 1
        if address == self.slow:
            self.began.set()
            while not self.goes_on.is_set():  # noqa: ASYNC110  # set by another thread
                await asyncio.sleep(0.02)
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's)
        answer = await super().handle_DATA(server, session, envelope)
        await asyncio.sleep(self.pause_before_answer)
        if self.is_mute and server.transport is not None:
            server.transport.close()
        return answer
