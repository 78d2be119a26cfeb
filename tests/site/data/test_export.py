"""Your data: everything kept about oneself, as one file."""

import asyncio
import io
import json
import zipfile

import httpx
import pytest
from starlette.types import ASGIApp

from tests.kit.app import open_browser
from tests.kit.people import ADA, arrives, joins, logs_out
from tests.kit.photo_files import encode_image, halves
from tests.kit.visitor import Visitor
from tests.kit.wire import Wire, nobody

FILE = "/profile/data/export"


def unpack(response: httpx.Response) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


async def test_a_person_downloads_everything_with_the_photo(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    await visitor.opens("/profile/avatar")
    await visitor.submits("Upload", avatar=("me.png", encode_image(halves(), "PNG"), "image/png"))
    await visitor.opens("/profile")
    await visitor.follows("Your data")
    assert visitor.heading == "Your data"
    assert visitor.one("to-data").get("aria-current") == "page"
    await visitor.follows("Download")

    assert visitor.status == 200
    headers = visitor.response.headers
    assert headers["content-type"] == "application/zip"
    assert headers["content-disposition"] == 'attachment; filename="account-2026-03-14.zip"'
    assert headers["cache-control"] == "no-store"
    export = unpack(visitor.response)
    [account] = json.loads(export["account.json"])
    assert (account["email"], account["name"]) == (ADA.email, ADA.name)
    assert export["photo.webp"].startswith(b"RIFF")
    assert b"What is kept about you, why, and how long" in export["README.txt"]


async def test_the_history_tells_of_it(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    await visitor.opens(FILE)
    await visitor.opens("/profile/history")
    assert "Data downloaded" in " ".join(row.text() for row in visitor.html.all("tr.event"))


async def test_a_guest_logs_in_first(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    await logs_out(visitor)
    await visitor.opens(FILE)
    assert visitor.path == "/login"


async def test_to_ask_whether_it_is_there_makes_none(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    for _ in range(10):
        answer = await visitor.http.head(FILE)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
        assert "content-length" not in answer.headers
    await visitor.opens(FILE)
    assert visitor.status == 200


async def test_another_site_cannot_start_one(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    answer = await visitor.http.get(FILE, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/profile/data")


async def test_after_five_an_hour_the_page_says_how_long_to_wait(visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    for _ in range(5):
        await visitor.opens(FILE)
        assert visitor.status == 200
    await visitor.opens(FILE)
    assert (visitor.status, visitor.heading) == (429, "Too many attempts")
    assert visitor.sees("Wait 1 hour, then try again.")


async def test_of_a_double_click_one_is_answered_and_the_other_waits(app: ASGIApp, visitor: Visitor) -> None:
    await arrives(visitor, ADA)
    async with open_browser(app) as same:
        same.cookies = visitor.http.cookies
        first, second = await asyncio.gather(visitor.http.get(FILE), same.get(FILE))
    statuses = sorted((first.status_code, second.status_code))
    assert statuses in ([200, 200], [200, 429])


async def test_while_nothing_answers_the_page_says_so(visitor: Visitor, wire: Wire) -> None:
    await arrives(visitor, ADA)

    async def cut_here(request: httpx.Request) -> httpx.Response:
        return await (nobody if request.url.path.endswith("/export") else wire.whole.handle_async_request)(request)

    wire.instead = cut_here
    await visitor.opens(FILE)
    assert (visitor.status, visitor.heading) == (503, "We cannot reach your account at the moment")
    assert "retry-after" in visitor.response.headers


async def test_whoever_came_by_a_link_proves_first_who_they_are(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens("/profile/data")
    await visitor.follows("Download")
    assert (visitor.path, visitor.heading) == ("/confirm", "Confirm it’s you to download your data")
    await visitor.submits("Continue", current_password=ADA.password)
    assert visitor.path == "/profile/data"
    await visitor.follows("Download")
    assert visitor.response.headers["content-type"] == "application/zip"


@pytest.mark.parametrize("app", ["plain-altogic"], indirect=True)
async def test_where_the_backend_has_no_export_nothing_leads_to_one(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens("/profile")
    assert not visitor.has("to-data")
    for path in ("/profile/data", FILE):
        await visitor.opens(path)
        assert visitor.status == 404
