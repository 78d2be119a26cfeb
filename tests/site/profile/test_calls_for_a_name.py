"""A new name takes one call to the backend, which says who it is as well; all else is answered as on any page."""

from collections.abc import AsyncIterator

import httpx
import pytest

from tests.kit.app import NewBrowser
from tests.kit.contract import API
from tests.kit.people import ADA, CHROME, joins, logs_in
from tests.kit.visitor import Visitor
from tests.kit.wire import Wire

RENAME, ME = f"{API}/account/name", f"{API}/auth/user"
UNREADABLE = {"NUL": b"name=a%00", "twice": b"name=a&name=b", "a stream": b"name=" + b"a" * 20_000}


async def sends(visitor: Visitor, wire: Wire, **typed: str) -> httpx.Response:
    wire.asked.clear()
    return await visitor.http.post("/profile/name", data=typed)


async def test_a_new_name_takes_one_call(visitor: Visitor, wire: Wire) -> None:
    await joins(visitor, ADA)
    assert (await sends(visitor, wire, name="Countess", name_before=ADA.name)).status_code == 303
    assert wire.asked == [RENAME]
    assert (await sends(visitor, wire, name="Ada")).status_code == 303
    assert wire.asked == [RENAME]
    await visitor.opens("/profile")
    assert visitor.who == "Ada"


async def test_the_answer_is_in_the_language_of_the_person(visitor: Visitor, wire: Wire) -> None:
    await joins(visitor, ADA)
    await visitor.http.post("/language", data={"language": "de", "timezone": "Europe/Berlin"})
    visitor.http.cookies.delete("language")
    renamed = await visitor.http.post(
        "/profile/name", data={"name": "Gräfin"}, headers={"HX-Request": "true", "HX-Request-Type": "partial"}
    )
    assert (renamed.status_code, "Name gespeichert." in renamed.text) == (200, True)
    assert wire.asked[-1] == RENAME


async def test_what_was_changed_meanwhile_is_asked_about(visitor: Visitor, wire: Wire) -> None:
    await joins(visitor, ADA)
    assert (await sends(visitor, wire, name="Countess", name_before="Augusta")).status_code == 409
    assert wire.asked == [RENAME, ME]
    assert (await sends(visitor, wire, name="Countess", name_before="")).status_code == 409


async def test_a_page_of_somebody_else_changes_no_name(visitor: Visitor, wire: Wire) -> None:
    await joins(visitor, ADA)
    foreign = await sends(visitor, wire, name="Countess", whose="0123456789abcdef01234567 bob@example.com")
    assert (foreign.status_code, "bob@example.com" in foreign.text) == (409, True)
    await visitor.opens("/profile")
    assert visitor.who == ADA.name


@pytest.mark.parametrize("body", UNREADABLE.values(), ids=UNREADABLE)
async def test_a_form_that_cannot_be_read_is_told_to_whom_it_is(visitor: Visitor, body: bytes) -> None:
    async def stream() -> AsyncIterator[bytes]:
        yield body[:10_000]
        yield body[10_000:]

    form = {"Content-Type": "application/x-www-form-urlencoded"}
    await joins(visitor, ADA)
    refused = await visitor.http.post("/profile/name", content=stream(), headers=form)
    assert (refused.status_code in (400, 413), ADA.email in refused.text) == (True, True)
    visitor.http.cookies.delete("session")
    answer = await visitor.http.post("/profile/name", content=stream(), headers=form)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/login?next=/profile/name")


async def test_a_session_that_has_ended_leads_to_the_login_by_the_same_call(
    visitor: Visitor, wire: Wire, new_browser: NewBrowser
) -> None:
    await joins(visitor, ADA)
    other = new_browser(CHROME)
    await logs_in(other, ADA)
    await other.follows("Log out the other session (1)")
    await other.submits("Log out the other session (1)")
    ended = await sends(visitor, wire, name="Countess")
    assert (ended.status_code, ended.headers["Location"]) == (303, "/login?next=/profile/name")
    assert wire.asked == [RENAME]
