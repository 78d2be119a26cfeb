"""Where a person reads mail: the outbox page, or a real SMTP server on loopback."""

from __future__ import annotations

import asyncio
import re
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import escape, unescape
from typing import Any, Self
from urllib.parse import urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.kit.markup import Element
from tests.kit.visitor import Visitor, origin_of

LINK = re.compile(r"""https?://[^\s<>"']+""")
CODE = re.compile(r"\b[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}\b")
SMS_CODE = re.compile(r"(?<![\d+])\d{6}(?!\d)")  # and no part of the number that it was sent to
PATIENCE = 10.0  # seconds
WAITING = ("Not sent yet", "Noch nicht gesendet")


@dataclass(frozen=True)
class Mail:
    """A mail as the outbox shows it. `link` starts with "/" when it leads to the site itself."""

    subject: str
    text: str
    link: str
    path: str  # of its page in the outbox


async def newest(visitor: Visitor, *, to: str, subject: str = "", patience: float = PATIENCE) -> Mail:
    """The newest mail to this address, read in another tab: the visitor's own page stays where it is."""
    deadline = time.monotonic() + patience
    while not (path := await find_newest(visitor, to, subject)):
        assert time.monotonic() < deadline, f"no mail to {to!r} about {subject!r} in the outbox"
        await asyncio.sleep(0.01)
    return await read(visitor, path)


async def find_newest_link(visitor: Visitor, *, to: str, subject: str) -> str:
    """The link in the newest mail to this address, as `newest` finds it, by requests: no page is looked at."""
    title, recipient = re.escape(subject), re.escape(escape(to))
    entry = re.compile(rf'<a href="(/outbox/\w+)"[^>]*>[^<]*{title}[^<]*</a>\s*<span><bdi>{recipient}</bdi>(.*)')
    deadline = time.monotonic() + PATIENCE
    while not (path := await _find_entry(visitor, entry)):
        assert time.monotonic() < deadline, f"no mail to {to!r} about {subject!r} in the outbox"
        await asyncio.sleep(0.002)
    link = re.search(r'href="([^"]*/_auth/verify[^"]*)"', (await visitor.gets(path)).text)
    assert link, f"the mail {path} has no link"
    return unescape(link[1])


async def _find_entry(visitor: Visitor, entry: re.Pattern[str]) -> str:
    found = entry.search((await visitor.gets("/outbox")).text)
    return found[1] if found and not any(words in found[2] for words in WAITING) else ""


async def find_newest(visitor: Visitor, to: str, subject: str) -> str:
    """The path of the newest mail once it has left, or "": an hour that passes before would make its link anew."""
    path, text = next(iter((await list_entries(visitor, to=to, subject=subject)).items()), ("", ""))
    return "" if any(words in text for words in WAITING) else path


async def list_paths(visitor: Visitor, *, to: str = "", subject: str = "") -> list[str]:
    """The paths of the mails that the outbox lists, newest first."""
    return list(await list_entries(visitor, to=to, subject=subject))


async def list_entries(visitor: Visitor, *, to: str, subject: str) -> dict[str, str]:
    """What the outbox says of each mail, by path, the newest first."""
    tab = another_tab(visitor)
    await tab.opens("/outbox")
    assert tab.status == 200, f"the outbox answers {tab.status}: {tab.text!r}"
    listed = tab.html.all("a[href]")
    mails = [link for link in listed if re.fullmatch(r"/outbox/[^/]+", link.get("href"))]
    entries = {link.get("href"): entry_text(link) for link in reversed(mails)}
    newest_first = reversed(entries.items())
    return {path: text for path, text in newest_first if is_addressed(text, to) and subject in text}


async def read(visitor: Visitor, path: str) -> Mail:
    tab = another_tab(visitor)
    await tab.opens(path)
    main = tab.html.find("main")
    assert main is not None, f"the mail {path} shows no <main>: {tab.text!r}"
    hrefs = [link.get("href") for link in main.all("a[href]")]
    link = next((href for href in hrefs if "/_auth/verify" in href), "")
    return Mail(tab.heading, main.text(), relative(link, tab.site), path)


def another_tab(visitor: Visitor) -> Visitor:
    tab = Visitor(visitor.http, elsewhere=visitor.origins)
    tab.headers, tab.typed = visitor.headers, visitor.typed
    return tab


def entry_text(link: Element) -> str:
    entry = link.closest("li, tr, article") or link
    return entry.text()


def is_addressed(text: str, to: str) -> bool:
    """The whole address: ada@example.com is not in "grada@example.com"."""
    return not to or re.search(rf"(?<![\w.+-]){re.escape(to)}(?![\w-])", text) is not None


def relative(link: str, site: str) -> str:
    return urlsplit(link)._replace(scheme="", netloc="").geturl() if link and origin_of(link) == site else link


def links(body: str) -> list[str]:
    """Every address in a mail's text or HTML, in order, whole even where it may break."""
    return [unescape(found).rstrip(".,)") for found in LINK.findall(body.replace("<wbr>", ""))]


def first_link(message: EmailMessage) -> str:
    found = links(text_of(message))
    assert found, f"no link in {text_of(message)!r}"
    return found[0]


def code_in(text: str) -> str:
    """The code that a mail brings beside its link."""
    found = CODE.search(text)
    assert found, f"no code in {text!r}"
    return found[0]


def without_code(message: EmailMessage) -> str:
    """The subject of a mail, up to the code that it may end with."""
    return re.split(r", [Cc]ode [A-Z]{4}-", str(message["Subject"]))[0]


def text_of(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None, f"the mail {message['Subject']!r} has no {kind} part"
    return str(part.get_content())


class HangingUp(Controller):
    """Hangs up when it stops: aiosmtpd leaves the connections of those who are in the middle of something open."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.sessions: list[SMTP] = []

    def factory(self) -> SMTP:
        session: SMTP = super().factory()  # type: ignore[no-untyped-call]
        self.sessions.append(session)
        return session

    def cancel_tasks(self, stop_loop: bool = True) -> None:
        for session in self.sessions:
            if session.transport is not None:
                session.transport.close()
        super().cancel_tasks(stop_loop)


@dataclass
class SmtpServer:
    """A mail server on loopback that keeps what it is given: `with SmtpServer() as smtp: … smtp.url`."""

    messages: list[EmailMessage] = field(default_factory=list)
    takes_utf8: bool = True
    port: int = field(default_factory=lambda: free_port())

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        self.controller: Any = HangingUp(self, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=self.takes_utf8)
        self.controller.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.controller.stop()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802 (aiosmtpd's)
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        message = message_from_bytes(content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        self.messages.append(message)
        return "250 OK"

    def received(self, *, to: str = "", subject: str = "") -> list[EmailMessage]:
        """Oldest first."""
        return [m for m in self.messages if is_addressed(str(m["To"]), to) and subject in str(m["Subject"])]

    async def wait_for(self, *, to: str = "", subject: str = "", patience: float = PATIENCE) -> EmailMessage:
        """The newest such mail, as soon as there is one. The site may run in this very loop."""
        for pause in self._until(patience, to, subject):
            await asyncio.sleep(pause)
        return self.received(to=to, subject=subject)[-1]

    def wait_for_in_thread(self, *, to: str = "", subject: str = "", patience: float = PATIENCE) -> EmailMessage:
        """The same for tests without a loop of their own, those in a real browser."""
        for pause in self._until(patience, to, subject):
            time.sleep(pause)
        return self.received(to=to, subject=subject)[-1]

    def _until(self, patience: float, to: str, subject: str) -> Iterator[float]:
        deadline = time.monotonic() + patience
        while not self.received(to=to, subject=subject):
            got = [(str(message["To"]), str(message["Subject"])) for message in self.messages]
            assert time.monotonic() < deadline, f"no mail to {to!r} about {subject!r} within {patience} s; got {got}"
            yield 0.02


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
