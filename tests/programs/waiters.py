"""People who have lost their second factor, and wait while the backend is killed. They know what was acknowledged to
them; what is written, and not half of it, is read in the database itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pyotp
from sqlalchemy import URL, Connection, NullPool, create_engine, func, select

from backend.kernel.events import EventKind
from backend.mail.letter import KEEP_FACTORS
from backend.store.tables import authenticators, events, links, lost_factors, recovery_sets, sessions, users
from tests.kit.mailbox import SmtpServer, first_link
from tests.kit.people import LOGIN_LINK, PASSWORD
from tests.kit.two_step import ticket_of
from tests.programs.writers import PATIENCE, RECOVERY_CODES, Writer, notice_the_kill

TAKEN = (authenticators.c.user_id, recovery_sets.c.user_id, sessions.c.user_id)  # by a removal
LOST, TOTP = "/account/factors/lost", "/account/factors/totp"
WANTS, NOW, REMOVED = (
    "Someone wants to remove two-step verification",
    "You can remove two-step verification now",
    "Two-step verification was removed",
)


@dataclass
class Waiter(Writer):
    """Whether the wait goes on (`waits`), and the factors are removed; None: nobody has said so yet."""

    box: Box = field(kw_only=True)
    session: str = ""
    ticket: str = ""
    waits: bool | None = False
    is_removed: bool | None = False

    def list_acts(self) -> list[Callable[[], Awaitable[None]]]:
        return [self.asks, self.stops]

    async def loses_factors(self) -> None:
        """Join, switch two-step verification on, and log in by a mailed link, as far as the second step."""
        await self.registers()
        await self.confirms()
        self.session = (await self.acts("/auth/signin-email", json=self.credentials)).token
        secret = (await self.acts(f"{TOTP}/begin", session=self.session)).body["secret"]
        await self.acts(f"{TOTP}/finish", json={"code": pyotp.TOTP(secret).now()}, session=self.session)
        await self.acts(RECOVERY_CODES, session=self.session)
        await self.acts(f"{RECOVERY_CODES}/confirm", json={}, session=self.session)
        await self.acts("/auth/send-magic", params={"email": self.email})
        await self.smtp.wait_for(to=self.email, subject=LOGIN_LINK, patience=PATIENCE)
        self.ticket = ticket_of(await self.contract.grants(await self.opens_mail(LOGIN_LINK)))

    async def asks(self) -> None:
        self.waits = None
        await self.acts(LOST, json={"ticket": self.ticket, "password": PASSWORD})
        self.waits = True

    async def stops(self) -> None:
        self.waits = None
        await self.acts(f"{LOST}/stop", json={}, session=self.session)
        self.waits = False

    async def removes(self) -> None:
        """By the mail at the end of the wait."""
        token = await self.opens_mail(NOW)
        self.is_removed = None
        await self.acts(f"{LOST}/remove", params={"key": token}, json={"password": PASSWORD})
        self.is_removed = True

    async def opens_mail(self, subject: str) -> str:
        """Open the link of the newest one. Its access token."""
        link = urlsplit(first_link(self.smtp.received(to=self.email, subject=subject)[-1]))
        with notice_the_kill():
            return (await self.contract.opens(f"{link.path}?{link.query}")).token

    def count_mails(self, title: str) -> int:
        """Each counts once: of one that was on its way when the process died, a second copy may come."""
        return len(self.box.find(self.email, title))


@dataclass
class Box:
    """Which mails have come to whom, by their Message-IDs. Each is read once: to parse it takes a while."""

    smtp: SmtpServer
    looked_at: int = 0
    found: defaultdict[tuple[str, str], set[str]] = field(default_factory=lambda: defaultdict(set))

    def find(self, email: str, title: str) -> set[str]:
        for mail in self.smtp.messages[self.looked_at :]:
            self.found[str(mail["To"]), str(mail["Subject"]).partition(":")[0]].add(str(mail["Message-ID"]))
            self.looked_at += 1
        return self.found[email, title]


@dataclass(frozen=True)
class Written:
    """What the database says: by address who waits, whose factors are removed, and how often a wait was begun; and
    whose account is half of either."""

    waiting: set[str]
    removed: set[str]
    begun: dict[str, int]
    half: set[str]

    @classmethod
    def read(cls, database: URL) -> Written:
        with create_engine(database, poolclass=NullPool).connect() as connection:
            emails = dict[str, str](tuple(row) for row in connection.execute(select(users.c.id, users.c.email)))
            waits, removals = _list_waits(connection), _list_removals(connection)
            half = _find_half(waits) | _find_half(removals)
            named = [{emails[user_id] for user_id in found} for found in (waits[0], removals[0], half)]
            begun = {emails[user_id]: count for user_id, count in _count_begun(connection)}
            return cls(named[0], named[1], begun, named[2])

    def finds_lost(self, people: Sequence[Waiter]) -> list[str]:
        """What was acknowledged and is not so. What nobody has said yet is known from now on."""
        lost = ["one half" for _ in self.half]
        for person in people:
            waits, is_removed = person.email in self.waiting, person.email in self.removed
            lost += ["a wait, or its stop"] if person.waits not in (waits, None) and not is_removed else []
            lost += ["a removal"] if person.is_removed not in (is_removed, None) else []
            person.waits, person.is_removed = waits, is_removed
        return lost


def _find_half(signs: list[set[str]]) -> set[str]:
    """Whoever has some of the signs, and not all of them."""
    return {user_id for found in signs for user_id in found if not all(user_id in each for each in signs)}


def _count_begun(connection: Connection) -> list[tuple[str, int]]:
    is_begin = events.c.kind == EventKind.FACTORS_LOST.value
    counted = select(events.c.user_id, func.sum(events.c.count)).where(is_begin).group_by(events.c.user_id)
    return [(user_id, int(count)) for user_id, count in connection.execute(counted)]


def _list_waits(connection: Connection) -> list[set[str]]:
    """The users of whom there is each of the signs that belong together."""
    unspent = (links.c.kind == KEEP_FACTORS) & links.c.spent_at.is_(None)
    return [
        set(connection.scalars(select(users.c.id).where(users.c.recovers_at.is_not(None)))),
        set(connection.scalars(select(lost_factors.c.user_id))),
        set(connection.scalars(select(links.c.user_id).where(unspent))),
    ]


def _list_removals(connection: Connection) -> list[set[str]]:
    """The users of whom each is missing that a removal takes away."""
    everybody = set(connection.scalars(select(users.c.id)))
    return [
        set(connection.scalars(select(users.c.id).where(users.c.two_step_at.is_(None)))),
        set(connection.scalars(select(users.c.id).where(users.c.password_hash.is_(None)))),
        *(everybody - set(connection.scalars(select(owner))) for owner in TAKEN),
    ]
