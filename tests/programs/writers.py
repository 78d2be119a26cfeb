"""People who write while the backend is killed, and know what was acknowledged to them."""

import asyncio
import contextlib
import random
import secrets
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.kit.backend import FIREFOX, IPHONE
from tests.kit.contract import Answer, Contract
from tests.kit.mailbox import SmtpServer, first_link
from tests.kit.people import PASSWORD

RECOVERY_CODES = "/account/factors/recovery-codes"
PATIENCE = 60.0  # seconds: for a mail
SAME_MAIL = 11.0  # seconds
LOOKS_AGAIN = 0.05  # seconds


class Killed(Exception):  # noqa: N818
    """No answer: what was asked for may have happened or not."""


@dataclass
class Writer:
    """What somebody was told has happened (`name`, `open`, `ended`, `photo`), and what they do not know about."""

    http: httpx.AsyncClient
    smtp: SmtpServer
    email: str = field(default_factory=lambda: f"{secrets.token_hex(6)}@example.com")
    is_registered: bool = False
    id: str = ""
    name: str = ""
    maybe_name: str = ""
    open: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    maybe_ended: set[str] = field(default_factory=set)
    photo: tuple[str, bytes] | None = None
    newcomers: list[str] = field(default_factory=list)
    new_addresses: list[str] = field(default_factory=list)
    maybe_new_address: str = ""
    new_browsers: list[str] = field(default_factory=lambda: [FIREFOX, IPHONE])
    new_logins: int = 0
    sets_kept: int = 0
    links_asked: int = 0
    asked_at: float = -SAME_MAIL
    acknowledged: int = 0

    async def writes(self) -> None:
        """Until the process dies."""
        with contextlib.suppress(Killed):
            if not self.is_registered:
                await self.registers()
            if not self.open:
                await self.confirms()
            while True:
                await random.choice(self.list_acts())()

    def list_acts(self) -> list[Callable[[], Awaitable[None]]]:
        sessions = [self.logs_in, self.logs_in_from_a_new_browser, self.logs_out, self.proves_who_it_is]
        sessions.append(self.keeps_new_recovery_codes)
        mails = [self.invites, self.asks_for_a_link, self.asks_for_a_new_address]
        return [self.renames, self.uploads, *sessions, *mails]

    async def registers(self) -> None:
        body = {"email": self.email, "password": PASSWORD, "nameOrUserData": "Newcomer"}
        await self.acts("/auth/signup-email", json=body)
        self.is_registered, self.name = True, "Newcomer"

    async def confirms(self) -> None:
        """By the newest mail; one that was spent when the process died has let nobody in, so the password does."""
        message = await self._mail_of_this_life()
        link = urlsplit(first_link(message))
        with notice_the_kill():
            landing = await self.contract.opens(f"{link.path}?{link.query}")
            granted = await self.contract.grants(landing.query.get("access_token", ""))
        answer = granted if granted.status == 200 else await self.acts("/auth/signin-email", json=self.credentials)
        self.enters(answer.body)

    async def _mail_of_this_life(self) -> EmailMessage:
        """A process that is dead sends none; whether one that lives again does is asked by `misses_mail`."""
        while not (mails := self.smtp.received(to=self.email)):
            await self.looks_at("/healthz")
            await asyncio.sleep(LOOKS_AGAIN)
        return mails[-1]

    async def invites(self) -> None:
        """Somebody new, in each life."""
        newcomer = f"{secrets.token_hex(6)}@example.org"
        await self.acts("/auth/signup-email", json={"email": newcomer, "password": PASSWORD})
        self.newcomers.append(newcomer)

    async def asks_for_a_link(self) -> None:
        """Not at once again, for that would be taken for a double click."""
        if time.monotonic() - self.asked_at >= SAME_MAIL:
            self.asked_at = time.monotonic()
            await self.acts("/auth/send-magic", params={"email": self.email})
            self.links_asked += 1

    async def asks_for_a_new_address(self) -> None:
        """The latest one is pending, and both boxes are told of each."""
        self.maybe_new_address = f"{secrets.token_hex(6)}@example.net"
        body = {"currentPassword": PASSWORD, "newEmail": self.maybe_new_address}
        await self.acts("/account/email/pending", json=body, session=self.a_session)
        self.new_addresses.append(self.maybe_new_address)

    async def renames(self) -> None:
        self.maybe_name = secrets.token_hex(8)
        await self.updates({"name": self.maybe_name})
        self.name = self.maybe_name

    async def uploads(self) -> None:
        content = secrets.token_bytes(random.randrange(1, 200_000))
        params = {"bucket": "root", "fileName": "photo", "options": "{}"}
        files = {"file": ("photo", content, "image/webp")}
        answer = await self.acts("/storage/bucket/upload-formdata", params=params, files=files, session=self.a_session)
        self.photo = (urlsplit(answer.body["publicPath"]).path, content)

    async def logs_in(self) -> None:
        self.enters((await self.acts("/auth/signin-email", json=self.credentials)).body)

    async def logs_in_from_a_new_browser(self) -> None:
        """Each of them once, for the same again is not mailed for an hour."""
        if self.new_browsers:
            agent = {"User-Agent": self.new_browsers.pop()}
            self.enters((await self.acts("/auth/signin-email", json=self.credentials, headers=agent)).body)
            self.new_logins += 1

    async def logs_out(self) -> None:
        if len(self.open) < 2:
            return
        token = self.a_session
        self.open.discard(token)
        self.maybe_ended.add(token)
        await self.acts("/auth/signout", json={}, session=token)
        self.maybe_ended.discard(token)
        self.ended.add(token)

    async def proves_who_it_is(self) -> None:
        """The session goes on by the new token; of a call that was cut off nobody knows by which."""
        token = self.a_session
        self.open.discard(token)
        answer = await self.acts("/account/confirm", json={"currentPassword": PASSWORD}, session=token)
        self.open.add(answer.token)

    async def keeps_new_recovery_codes(self) -> None:
        """In a session of its own, which the password has just opened. Killed between the halves the old ones stay."""
        opened = await self.acts("/auth/signin-email", json=self.credentials)
        self.enters(opened.body)
        await self.acts(RECOVERY_CODES, session=opened.token)
        await self.acts(f"{RECOVERY_CODES}/confirm", json={}, session=opened.token)
        self.sets_kept += 1

    def enters(self, granted: Mapping[str, Any]) -> None:
        self.id = granted["user"]["_id"]
        self.open.add(granted["session"]["token"])

    @property
    def contract(self) -> Contract:
        return Contract(self.http)

    @property
    def credentials(self) -> dict[str, str]:
        return {"email": self.email, "password": PASSWORD}

    @property
    def a_session(self) -> str:
        return random.choice(sorted(self.open))

    async def updates(self, values: Mapping[str, str]) -> None:
        body = {"values": values, "options": {}, "id": self.id, "model": "users"}
        await self.acts("/db/object/update", json=body, session=self.a_session)

    async def acts(self, path: str, **content: Any) -> Answer:
        """A write that is acknowledged when this returns."""
        with notice_the_kill():
            answer = await self.contract.post(path, **content)
        assert answer.status == 200, (path, answer.status, answer.text)
        self.acknowledged += 1
        return answer

    async def asks_who_it_is(self, session: str) -> Answer:
        with notice_the_kill():
            return await self.contract.get("/auth/user", session=session)

    async def looks_at(self, path: str) -> bytes:
        with notice_the_kill():
            return (await self.http.get(path)).content

    async def misses(self) -> list[str]:
        """What was acknowledged and is not there."""
        lost = []
        for token in self.open:
            answer = await self.asks_who_it_is(token)
            if answer.status != 200:
                lost.append("a session")
            elif answer.body["name"] not in (self.name, self.maybe_name):
                lost.append("a name")
            else:
                self.name = answer.body["name"]
        lost += ["a log-out" for token in self.ended if await self._is_open(token)]
        if self.new_addresses and self.open and not await self._has_pending_address():
            lost.append("a pending address")
        if self.open and not await self._has_recovery_codes():
            lost.append("recovery codes")
        if self.photo and await self.looks_at(self.photo[0]) != self.photo[1]:
            lost.append("a photo")
        return lost

    async def misses_mail(self) -> list[str]:
        """Asked once, at the end, when the leases of what the killed processes had in hand are over."""
        expected = [self.email, *self.newcomers] if self.is_registered else []
        lost = ["the mail of a registration" for email in expected if not await self._got(email, "Confirm", 1)]
        lost += ["a mail to a new address" for email in self.new_addresses if not await self._got(email, "Confirm", 1)]
        if not await self._got(self.email, "New email address requested", len(self.new_addresses)):
            lost.append("a mail about a new address")
        if not await self._got(self.email, "New login", self.new_logins):
            lost.append("the mail about a log-in")
        if not await self._got(self.email, "New recovery codes", self.sets_kept):
            lost.append("a mail about recovery codes")
        got_links = await self._got(self.email, "Your login link", self.links_asked)
        return lost if got_links else [*lost, "the mail with a login link"]

    async def _has_recovery_codes(self) -> bool:
        """All of a set, or none where none was kept."""
        with notice_the_kill():
            answer = await self.contract.get("/account/factors", session=self.a_session)
        codes = answer.body["recoveryCodes"]
        return bool(codes["left"] == 10) if codes and codes["madeDtm"] else self.sets_kept == 0

    async def _has_pending_address(self) -> bool:
        with notice_the_kill():
            answer = await self.contract.get("/account/email/pending", session=self.a_session)
        return answer.body["pending"]["email"] in (self.new_addresses[-1], self.maybe_new_address)

    async def _is_open(self, token: str) -> bool:
        return (await self.asks_who_it_is(token)).status != 401

    async def _got(self, email: str, subject: str, count: int) -> bool:
        """So many mails, or more: one may come twice."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            to = [mail for mail in self.smtp.messages if email == mail["To"] and subject in mail["Subject"]]
            if len(to) >= count:
                return True
            await asyncio.sleep(LOOKS_AGAIN)
        return False


@contextlib.contextmanager
def notice_the_kill() -> Iterator[None]:
    try:
        yield
    except httpx.TransportError as error:
        raise Killed from error
