"""People to whom the trouble happens: what they were told has happened must be so, and they stay who they are."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Awaitable
from dataclasses import dataclass, field
from typing import TypeVar

import httpx

from tests.kit.markup import parse
from tests.kit.people import PASSWORD, Person
from tests.kit.visitor import Visitor

T = TypeVar("T")

ANSWERED = 15.0  # seconds, at most, for whatever is asked
RECOVERS = 30.0  # seconds after the trouble is over: as long as a connection that says nothing is waited for
TITLE = "We cannot reach your account at the moment"
SAFE = "What you’ve saved is safe and you haven’t been logged out. Try again in a moment."


def somebody() -> Person:
    return Person(f"{secrets.token_hex(6)}@example.com", f"Somebody {secrets.token_hex(3)}", PASSWORD)


async def expect_answer(act: Awaitable[T]) -> T:
    began = time.monotonic()
    async with asyncio.timeout(60):  # not wait_for: in Python 3.11 it swallows a cancellation that meets the answer
        result = await act
    took = time.monotonic() - began
    assert took < ANSWERED, f"answered after {took:.1f} s"
    return result


@dataclass
class Resident:
    """Somebody with a session: `name` is what was acknowledged last, `maybe` what nobody knows about.

    Of renames that overlap, nobody knows which was written last: answers need not come in the order of the commits.
    """

    visitor: Visitor
    name: str
    maybe: set[str] = field(default_factory=set)
    under_way: set[str] = field(default_factory=set)
    overlapping: set[str] = field(default_factory=set)
    acknowledged: int = 0
    statuses: list[tuple[float, int]] = field(default_factory=list)  # when it was answered, and how

    def __post_init__(self) -> None:
        self.cookie = self.visitor.http.cookies["session"]

    def keeps_the_session(self) -> None:
        assert self.visitor.http.cookies.get("session") == self.cookie, "the session's cookie was changed"

    async def looks(self) -> int:
        """The status of their own page, which is that page or an excuse, but never the log-in."""
        await expect_answer(self.visitor.opens("/profile"))
        status = self.visitor.status
        assert self.visitor.path == "/profile", f"was led to {self.visitor.url}"
        assert status in (200, 503), (status, self.visitor.text)
        assert status == 200 or (self.visitor.heading, bool(self.visitor.sees(SAFE))) == (TITLE, True)
        self.keeps_the_session()
        return status

    async def renames(self) -> int:
        """By a form of its own making, so that it can be sent while its page does not come."""
        name = f"Name {secrets.token_hex(4)}"
        self.maybe.add(name)
        self.under_way.add(name)
        if len(self.under_way) > 1:
            self.overlapping |= self.under_way
        try:
            answer = await expect_answer(
                self.visitor.http.post("/profile/name", data={"name": name}, headers=SAME_ORIGIN)
            )
        except httpx.TransportError:
            return 0
        finally:
            self.under_way.discard(name)
        if answer.status_code == 303:
            assert answer.headers["Location"] == "/profile", answer.headers["Location"]
            self.name = name
            if name not in self.overlapping:
                self.maybe = set()
            self.acknowledged += 1
        else:
            assert (answer.status_code, parse(answer.text).find("h1").text()) == (503, TITLE)  # type: ignore[union-attr]
        self.keeps_the_session()
        return answer.status_code

    async def finds_everything(self) -> None:
        """Soon, without a restart of anything."""
        await comes_back(self)
        shown = self.visitor.who
        assert shown == self.name or shown in self.maybe, f"{shown!r} instead of {self.name!r}"
        self.name, self.maybe = shown, set()
        assert await self.renames() == 303

    async def goes_on(self) -> None:
        """Writes and looks until it is cancelled. While nobody listens no answer comes, but never a wrong one."""
        while True:
            status = await self.renames()
            self.statuses.append((time.monotonic(), status))
            await asyncio.sleep(0.02 if status else 0.1)


SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


async def comes_back(resident: Resident) -> None:
    deadline = time.monotonic() + RECOVERS
    while True:
        try:
            if await resident.looks() == 200:
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < deadline, f"does not come back within {RECOVERS:.0f} s: {resident.visitor.text}"
        await asyncio.sleep(0.2)
