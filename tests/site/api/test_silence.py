"""The backend does not answer: nobody is logged out, public pages stay up, and what was typed is kept."""

import json
from typing import Any

import httpx
import pytest

from tests.kit.app import NewBrowser
from tests.kit.contract import API
from tests.kit.people import (
    ADA,
    CHROME,
    CONFIRM,
    is_signed_in,
    joins,
    logs_in,
    opens_mailed_link,
    registers,
    sends_photo,
)
from tests.kit.photo_files import photo
from tests.kit.visitor import Visitor
from tests.kit.wire import SILENCES, Answer, Wire, nobody, say

TITLE = "We cannot reach your account at the moment"
SORRY = "What you’ve saved is safe and you haven’t been logged out. Try again in a moment."


async def test_whatever_comes_instead_of_an_answer_nobody_is_logged_out(visitor: Visitor, wire: Wire) -> None:
    await joins(visitor, ADA)
    cookie = visitor.http.cookies["session"]
    for name, silence in SILENCES.items():
        wire.instead = silence
        await visitor.opens("/profile")
        assert (visitor.status, visitor.heading) == (503, TITLE), name
        assert int(visitor.response.headers["Retry-After"]) > 0, name
        assert visitor.sees(SORRY), name
        assert visitor.does_not_see("Foreign page"), name
        assert visitor.http.cookies["session"] == cookie, name
        wire.instead = None
        await visitor.follows("Try again")
        assert visitor.who == ADA.name, name
        assert await is_signed_in(visitor), name


async def test_public_pages_stay_up(visitor: Visitor, wire: Wire) -> None:
    await joins(visitor, ADA)
    for wire.instead in SILENCES.values():
        for path in ("/", "/login", "/register", "/login-with-magic-link", "/register/again", "/logout"):
            await visitor.opens(path)
            assert visitor.status == 200, path
    wire.instead = None
    assert await is_signed_in(visitor)


@pytest.mark.parametrize("token", ["a; Domain=example.com", "a\r\nSet-Cookie: b=c", 'a"b', "a b", "ä", ""])
async def test_a_session_token_that_no_cookie_can_hold_is_no_answer(visitor: Visitor, wire: Wire, token: str) -> None:
    session = {"token": token, "creationDtm": "2026-03-01T10:00:00.000Z"}
    granted = {"user": {"_id": "1", "email": ADA.email}, "session": session}
    wire.instead = say(200, json.dumps(granted), "application/json")
    await logs_in(visitor, ADA)
    assert (visitor.status, visitor.http.cookies.get("session")) == (503, None)
    assert not any(token in header for header in visitor.response.headers.get_list("set-cookie") if token)


async def test_those_who_watch_over_the_site_are_told(visitor: Visitor, wire: Wire) -> None:
    await visitor.opens("/readyz")
    assert (visitor.status, visitor.text) == (200, "ready")
    for name in SILENCES.keys() - {"another shape"}:  # any JSON is an answer, if not a good one
        wire.instead = SILENCES[name]
        await visitor.opens("/readyz")
        assert (visitor.status, visitor.text) == (503, "unavailable"), name
        await visitor.opens("/healthz")
        assert (visitor.status, visitor.text) == (200, "ok"), name


async def test_a_name_that_could_not_be_saved_is_not_lost(visitor: Visitor, wire: Wire) -> None:
    await joins(visitor, ADA)
    await visitor.follows("Change name")
    for name, silence in SILENCES.items():
        wire.instead = silence
        await visitor.submits("Save", name="Typed & <kept>")
        assert visitor.status == 503, name
        wire.instead = None
        if visitor.javascript:
            assert (visitor.status_message, visitor.focused) == (f"{TITLE}. {SORRY}", "save-name"), name
        else:
            assert visitor.heading == TITLE, name
            await visitor.follows("Back to the form")
        assert (visitor.path in ("/profile", "/profile/name"), visitor.field("name")) == (True, "Typed & <kept>"), name
    await visitor.submits("Save")
    assert visitor.who == "Typed & <kept>"


async def test_a_photo_whose_upload_is_not_answered_is_told_like_anything_else(visitor: Visitor, wire: Wire) -> None:
    await joins(visitor, ADA)
    wire.instead = for_files(nobody, wire)
    await sends_photo(visitor, photo())
    assert visitor.status == 503
    if visitor.javascript:
        assert visitor.status_message == f"{TITLE}. {SORRY}"
    else:
        assert visitor.heading == TITLE
    wire.instead = None
    assert await is_signed_in(visitor)


async def test_a_session_that_ends_during_an_upload_leads_to_the_log_in(visitor: Visitor, wire: Wire) -> None:
    await joins(visitor, ADA)
    wire.instead = for_files(end_session_before(wire), wire)
    await sends_photo(visitor, photo())
    assert (visitor.path, visitor.status) == ("/login", 200)


def end_session_before(wire: Wire) -> Answer:
    """End the session just before the request that comes with it."""

    async def answer(request: httpx.Request) -> httpx.Response:
        headers = {name: request.headers[name] for name in ("session", "x-client-key")}
        url = request.url.copy_with(raw_path=f"{API}/auth/signout".encode())
        ended = await wire.whole.handle_async_request(httpx.Request("POST", url, headers=headers, json={}))
        assert ended.status_code == 200
        return await wire.whole.handle_async_request(request)

    return answer


def for_files(instead: Answer, wire: Wire) -> Answer:
    async def answer(request: httpx.Request) -> httpx.Response:
        is_about_files = "/storage/" in request.url.path
        return await (instead if is_about_files else wire.whole.handle_async_request)(request)

    return answer


ENTRIES = {
    "Log in": ("/login", "#login-form", "We cannot log you in at the moment. Try again in a minute."),
    "Email me a login link instead": ("/login", "main", "We cannot email you at the moment. Try again in a minute."),
    "Create account": ("/register", "main", "We cannot create your account at the moment. Try again in a minute."),
    "Email me a login link": (
        "/login-with-magic-link",
        "main",
        "We cannot email you at the moment. Try again in a minute.",
    ),
    "Resend email": ("/register/again", "main", "We cannot email you at the moment. Try again in a minute."),
}


@pytest.mark.parametrize("button", ENTRIES)
async def test_the_form_itself_says_that_it_cannot_be_taken_at_the_moment(
    visitor: Visitor, wire: Wire, button: str
) -> None:
    path, within, words = ENTRIES[button]
    await visitor.opens(path)
    typed: dict[str, Any] = {"email": ADA.email, "name": ADA.name, "password": ADA.password, "stay": True}
    fields = {name: value for name, value in typed.items() if visitor.has(name)}
    for name in SILENCES.keys() - {"another shape"}:  # to ask for a mail, any JSON is a yes
        wire.instead = SILENCES[name]
        await visitor.submits(button, within=within, **fields)
        assert (visitor.status, visitor.path, visitor.focused) == (503, path, "problem"), name
        assert visitor.one("problem").text() == f"That didn’t work {words}", name
        assert int(visitor.response.headers["Retry-After"]) > 0, name
        assert visitor.does_not_see("Foreign page"), name
        assert visitor.javascript or visitor.title.startswith("Error: "), name
        kept = {each: visitor.field(each) for each in fields}
        password = {"password": ADA.password if visitor.javascript else ""} if "password" in fields else {}
        assert kept == {**fields, **({"stay": "yes"} if "stay" in fields else {}), **password}, name


async def test_a_registration_that_could_not_be_sent_is_not_lost(visitor: Visitor, wire: Wire) -> None:
    await visitor.opens("/register")
    wire.instead = SILENCES["nobody"]
    await visitor.submits("Create account", email=ADA.email, name=ADA.name, password=ADA.password)
    assert visitor.status == 503
    assert [visitor.field(name) for name in ("email", "name")] == [ADA.email, ADA.name]

    wire.instead = None
    await visitor.submits("Create account", password=ADA.password)
    assert visitor.heading == "Check your email"


async def test_a_password_chosen_on_the_landing_of_a_link_is_taken_as_soon_as_it_can_be(
    visitor: Visitor, wire: Wire
) -> None:
    await registers(visitor, ADA)
    visitor.http.cookies.delete("registration")  # as in another browser
    await opens_mailed_link(visitor, ADA, CONFIRM)
    chosen: dict[str, Any] = {"name": "Ada L.", "new_password": ADA.password}
    wire.instead = SILENCES["nobody"]
    await visitor.submits("Confirm", within="#confirm", **chosen)
    assert (visitor.status, visitor.focused) == (503, "problem")
    assert visitor.sees("We cannot confirm your address at the moment. Try again in a minute.")
    assert visitor.field("name") == "Ada L."
    wire.instead = None
    await visitor.submits("Confirm", within="#confirm", new_password=ADA.password)
    assert visitor.who == "Ada L."


async def test_a_password_is_not_kept_for_later(visitor: Visitor, wire: Wire) -> None:
    wire.instead = SILENCES["nobody"]
    await logs_in(visitor, ADA)
    assert visitor.status == 503
    assert (ADA.password not in visitor.response.text, visitor.field("email")) == (True, ADA.email)
    wire.instead = None
    await visitor.opens("/login")
    assert visitor.field("password") == ""


@pytest.mark.parametrize("path", ["/logout", "/profile"])
async def test_a_log_out_that_did_not_happen_is_not_claimed(visitor: Visitor, wire: Wire, path: str) -> None:
    await joins(visitor, ADA)
    await visitor.opens(path)
    wire.instead = SILENCES["nobody"]
    await visitor.submits("Log out", within="header")
    assert visitor.status == 503
    wire.instead = None
    assert await is_signed_in(visitor)


async def test_from_the_page_that_says_so_a_way_leads_back_to_the_form(
    visitor: Visitor, new_browser: NewBrowser, wire: Wire
) -> None:
    await joins(visitor, ADA)
    await logs_in(new_browser(CHROME), ADA)
    await visitor.opens("/profile/sessions/others")
    wire.instead = SILENCES["nobody"]
    await visitor.submits("Log out the other session (1)")
    assert (visitor.status, visitor.heading) == (503, TITLE)
    wire.instead = None
    await visitor.follows("Back to the form")
    assert visitor.heading == "Log out the other session?"
