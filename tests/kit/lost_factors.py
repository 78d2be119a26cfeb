"""Those who have lost their second factor, and those who pretend to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backend.mail.letter import KEEP_FACTORS
from backend.store import Queries
from tests.kit.backend import Backend
from tests.kit.contract import Answer
from tests.kit.leaving import cleans_up
from tests.kit.mailbox import code_in
from tests.kit.two_step import App, ticket_of, turns_on_two_step

ADA = "ada@example.com"
PATH = "/account/factors/lost"
LAPTOP = {"X-Device": "the laptop that has no phone"}
STOP, REMOVE = "action=keep-factors", "action=remove-factors"


async def joins_with_two_step(backend: Backend) -> tuple[str, App]:
    """Ada with two-step verification. Returns a live session of hers, and her app."""
    await backend.joins()
    token = (await backend.signs_in()).token
    return token, await turns_on_two_step(backend, token)


async def gets_ticket(backend: Backend, password: str = "") -> str:
    """By the password: of a log-in whose second step cannot be taken."""
    given = {"password": password} if password else {}
    return ticket_of(await backend.signs_in(headers=LAPTOP, **given))


async def gets_ticket_by_mail(backend: Backend) -> str:
    """By the mailbox alone."""
    backend.clock.advance(minutes=1)
    await backend.post("/auth/send-magic", params={"email": ADA}, headers=LAPTOP)
    return ticket_of(await backend.grants((await backend.opens(await backend.newest_link(ADA))).token, headers=LAPTOP))


async def looks(backend: Backend, ticket: str) -> dict[str, Any]:
    answer = await backend.get(PATH, params={"ticket": ticket}, headers=LAPTOP)
    assert answer.status == 200, answer.body
    found: dict[str, Any] = answer.body
    return found


async def asks(backend: Backend, ticket: str, **shown: Any) -> Answer:
    return await backend.post(PATH, {"ticket": ticket, **shown}, headers=LAPTOP)


async def gets_code(backend: Backend, ticket: str) -> str:
    """Have the code mailed, and read it."""
    assert (await backend.post(f"{PATH}/code", {"ticket": ticket}, headers=LAPTOP)).status == 200
    return code_in(await backend.newest_mail())


async def begins_waiting(backend: Backend, password: str = "") -> datetime:
    """With password and mailbox. Returns until when."""
    ticket = await gets_ticket(backend, password)
    return end_of(await asks(backend, ticket, code=await gets_code(backend, ticket)))


async def begins_waiting_by_mail(backend: Backend) -> datetime:
    """With the mailbox alone."""
    return end_of(await asks(backend, await gets_ticket_by_mail(backend)))


def end_of(begun: Answer) -> datetime:
    assert begun.status == 200, begun.body
    return datetime.fromisoformat(begun.body["endDtm"])


async def passes(backend: Backend, **time: float) -> None:
    """Time passes, and the clean-up, which mails those who wait, runs once in it."""
    backend.clock.advance(**time)
    await cleans_up(backend)


async def find_links(backend: Backend, kind: str, to: str = ADA) -> list[str]:
    """The links of one kind in this box, newest first."""
    return [link for link in await backend.links_to(to) if kind in link]


async def stops(backend: Backend, link: str) -> Answer:
    """Press "Stop this" in a mail."""
    return await stops_by(backend, (await backend.opens(link)).token)


async def stops_by(backend: Backend, token: str, headers: Mapping[str, str] = LAPTOP) -> Answer:
    return await backend.post(f"{PATH}/stop", params={"key": token}, headers=headers)


async def removes(backend: Backend, link: str, password: str = "") -> Answer:
    """Use the link of the mail at the end of the wait."""
    return await removes_by(backend, (await backend.opens(link)).token, password)


async def removes_by(backend: Backend, token: str, password: str = "", headers: Mapping[str, str] = LAPTOP) -> Answer:
    body = {"password": password} if password else {}
    return await backend.post(f"{PATH}/remove", body, params={"key": token}, headers=headers)


async def has_two_step(backend: Backend) -> bool:
    """Whether a log-in takes a second step."""
    found = await backend.services.store.read(lambda queries: queries.users.find_by_email(ADA))
    assert found is not None
    return found.two_step_at is not None


@dataclass(frozen=True)
class EndOfWait:
    """Ada, whose wait is over: a session of hers, her app, and the access tokens of the links that stop and remove."""

    session: str = field(repr=False)
    app: App
    stop: str = field(repr=False)
    remove: str = field(repr=False)


async def waits_to_the_end(backend: Backend) -> EndOfWait:
    session, app = await joins_with_two_step(backend)
    await begins_waiting(backend)
    await passes(backend, days=3, minutes=1)
    [stop], [remove] = await find_links(backend, STOP), await find_links(backend, REMOVE)
    return EndOfWait(session, app, (await backend.opens(stop)).token, (await backend.opens(remove)).token)


async def is_waiting(backend: Backend) -> bool:
    """Whether Ada's factors are to be removed: all that goes with it is there, or none of it."""
    signs = await backend.services.store.read(_find_signs)
    assert len(set(signs.values())) == 1, signs
    return signs["links"]


def _find_signs(queries: Queries) -> dict[str, bool]:
    user = queries.users.find_by_email(ADA)
    assert user is not None
    return {
        "end": user.recovers_at is not None,
        "request": queries.lost_factors.find(user.id) is not None,
        "links": bool(queries.links.list_unspent(user.id, KEEP_FACTORS)),
    }


async def list_stored_kinds(backend: Backend) -> list[str]:
    """What has happened to Ada's account, whoever may read it: the newest first."""

    def list_newest(queries: Queries) -> list[str]:
        user = queries.users.find_by_email(ADA)
        assert user is not None
        return [event.kind for event in queries.events.list_newest(user.id, 100, None)]

    return await backend.services.store.read(list_newest)
