"""Logging out: always by POST, and then the old cookie is worth nothing."""

import pytest

from tests.kit.bare import at_plain_altogic_too
from tests.kit.people import ADA, is_signed_in, joins
from tests.kit.visitor import Visitor

pytestmark = at_plain_altogic_too


@pytest.mark.parametrize(("button", "within"), [("Log out", "header"), ("Log out here", "main")])
async def test_who_logs_out_is_told_so_at_the_login(visitor: Visitor, button: str, within: str) -> None:
    await joins(visitor, ADA)
    await visitor.submits(button, within=within)

    assert (visitor.path, visitor.status_message) == ("/login", "You’re logged out.")
    assert (visitor.field("email"), visitor.query) == ("", {})  # the computer may be shared
    assert not await is_signed_in(visitor)
    await visitor.opens("/login")
    assert visitor.status_message == ""


async def test_the_old_cookie_is_worth_nothing(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    stolen = visitor.http.cookies["session"]
    await visitor.submits("Log out", within="header")
    assert "session" not in visitor.http.cookies

    visitor.http.cookies.set("session", stolen, domain="127.0.0.1", path="/")
    await visitor.opens("/profile")
    assert visitor.path == "/login"
    assert "session" not in visitor.http.cookies


async def test_the_page_only_shows_the_button(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens("/logout")
    assert (visitor.status, visitor.heading) == (200, "Log out?")
    assert visitor.sees(f"You’re logged in as {ADA.name} in this browser.")
    assert await is_signed_in(visitor)
    await visitor.follows("Stay logged in")
    assert visitor.path == "/profile"

    await visitor.opens("/logout")
    await visitor.submits("Log out", within="main")
    assert visitor.path == "/login"


async def test_a_guest_finds_nothing_to_log_out(visitor: Visitor) -> None:
    await visitor.opens("/logout")
    assert visitor.heading == "You’re logged out"
    await visitor.follows("Log in", within="main")
    assert visitor.path == "/login"


async def test_a_second_click_is_a_log_out_too(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens("/logout")
    await visitor.http.post("/logout", headers={"Sec-Fetch-Site": "same-origin"})
    await visitor.submits("Log out", within="main")
    assert (visitor.path, visitor.status_message) == ("/login", "You’re logged out.")


async def test_after_it_the_browser_forgets_the_pages_it_kept(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.submits("Log out", within="header")
    [image] = visitor.html.all("img.unseen")
    response = await visitor.http.get(image.get("src"))
    assert response.headers["Clear-Site-Data"] == '"cache"'
