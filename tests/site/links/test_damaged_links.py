"""Mailed links that were damaged on the way: with the key whole they work, else a page says so and offers a new one."""

import httpx
import pytest

from tests.kit import mailbox
from tests.kit.people import ADA, CONFIRM, registers
from tests.kit.visitor import Visitor

LOST = [
    *("/_auth/verify", "/_auth/verify?key=", "/_auth/verify?key=%20", "/_auth/verify/", "/_auth/verify?key=a&key=b"),
    *(
        "/_auth/verify%3Fkey=abc",
        "/_auth/verify?key%3Dabc%26action%3Dmagic-link",
        "/_auth/",
        "/_auth",
        "/_auth//verify",
    ),
    *("/_auth/disown", "/_auth/nothing/there", "/_auth/verify."),
]


async def test_a_damaged_link_ends_at_a_page_that_offers_a_new_one(visitor: Visitor) -> None:
    for path in LOST:
        await visitor.opens(path)
        assert (visitor.status, visitor.heading) == (410, "This link no longer works"), path
        assert "Email me a login link" in visitor.buttons(), path


async def test_a_provider_that_is_not_offered_ends_at_a_page(visitor: Visitor) -> None:
    for path in ("/_auth/google", f"/_auth/{'a1' * 12}/google"):
        await visitor.opens(path)
        assert (visitor.status, visitor.heading) == (410, "Login failed"), path


@pytest.mark.parametrize("path", LOST)
async def test_a_program_is_told_in_json(plain: httpx.AsyncClient, path: str) -> None:
    answer = await plain.get(path)
    if answer.status_code != 302:  # a key that is only wrong leads to the site, as ever
        assert answer.headers["content-type"] == "application/json"
        assert answer.status_code in (400, 404)


async def test_with_its_key_whole_a_damaged_link_still_works(visitor: Visitor) -> None:
    await registers(visitor, ADA)
    link = (await mailbox.newest(visitor, to=ADA.email, subject=CONFIRM)).link
    key = link.partition("key=")[2].partition("&")[0]
    for damaged in (
        f"/_auth/verify%3Fkey={key}%26action=email-confirm",
        f"/_auth/verify/?key={key}&action=email-confirm/",
        f"/_auth/verify?key%3D{key}%26action%3Demail-confirm",
        f"/_auth/verify?key={key}.",
    ):
        await visitor.opens(damaged)
        assert (visitor.status, visitor.heading) == (200, "Confirm your email address"), damaged
