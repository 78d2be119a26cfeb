"""Mailed links: opened, used, expired, unknown; with and without a button here."""

import asyncio
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.clock import Clock

pytestmark = pytest.mark.both_databases


async def test_a_scanner_may_open_a_link_as_often_as_it_likes(backend: Backend) -> None:
    await backend.signs_up()
    link = await backend.newest_link()
    landings = [await backend.opens(link) for _ in range(3)] + [await backend.opens(link, "HEAD")]
    assert len({landing.url for landing in landings}) == 1
    assert (await backend.grants(landings[0].token)).status == 200


async def test_the_same_grant_sent_many_times_at_once_succeeds_once(backend: Backend) -> None:
    await backend.signs_up()
    token = (await backend.opens(await backend.newest_link())).token
    answers = await asyncio.gather(*(backend.grants(token) for _ in range(8)))
    assert sorted(answer.status for answer in answers) == [200] + [403] * 7
    assert {answer.code for answer in answers if answer.status != 200} == {"invalid_access_token"}


async def test_a_used_link_says_that_the_address_is_confirmed(backend: Backend) -> None:
    await backend.joins()
    landing = await backend.opens(await backend.newest_link())
    assert landing.query["code"] == "link_used"
    assert landing.query["action"] == "email-confirm"
    assert landing.query["status"] == "401"
    assert "access_token" not in landing.query
    assert landing.query["error"]


async def test_an_expired_link_can_be_asked_for_again_by_its_reference(backend: Backend) -> None:
    await backend.signs_up()
    backend.clock.advance(hours=1)
    landing = await backend.opens(await backend.newest_link())
    assert landing.query["status"] == "400"
    assert landing.query["code"] == "link_expired"
    assert landing.query["error"] == "Invalid or expired access token"

    reference = landing.query["ref"]
    known = await backend.get("/auth/access-token", params={"key": reference})
    assert (known.body["email"], known.body["state"]) == ("ada@example.com", "expired")
    assert (await backend.grants(reference)).code == "invalid_access_token"
    assert (
        await backend.post("/auth/reset-pwd", {"newPassword": "something"}, params={"key": reference})
    ).status == 403
    assert (await backend.post("/auth/resend", params={"key": reference})).status == 200
    assert (await backend.opens(await backend.newest_link())).query["status"] == "200"


async def test_an_unknown_link_still_says_what_it_was_for(backend: Backend) -> None:
    landing = await backend.opens("/_auth/verify?key=nothing&action=magic-link")
    assert landing.query == {
        "status": "400",
        "action": "magic-link",
        "error": "Invalid or expired access token",
        "code": "link_unknown",
    }
    strange = await backend.opens("/_auth/verify?key=nothing&action=%22%3E%3Cscript%3E")
    assert "action" not in strange.query


async def test_a_link_without_a_key_is_refused_here(backend: Backend) -> None:
    for method in ("GET", "POST"):
        response = await backend.http.request(method, "/_auth/verify")
        assert response.status_code == 400
        assert response.json()["errors"][0]["code"] == "missing_access_token"


async def test_the_redirect_keeps_the_query_of_the_redirect_url(tmp_path: Path) -> None:
    async with run_backend(tmp_path, REDIRECT_URL="https://app.example.com/in?tenant=a%26b") as backend:
        await backend.signs_up()
        landing = await backend.opens(await backend.newest_link())
        assert landing.url.startswith("https://app.example.com/in?tenant=a%26b&status=200&access_token=")


async def test_an_access_token_tells_whose_it_is_and_changes_nothing(backend: Backend) -> None:
    await backend.signs_up()
    token = (await backend.opens(await backend.newest_link())).token
    for _ in range(2):
        standing = await backend.get("/auth/access-token", params={"key": token})
        assert standing.body["state"] == "valid"
        assert standing.body["email"] == "ada@example.com"
        assert standing.body["action"] == "email-confirm"
        assert standing.body["createdDtm"].startswith("2026-03-14T09:26:53")
        assert standing.body["expiryDtm"].startswith("2026-03-14T10:26:53")
        assert standing.body["userAgent"]["family"] == "Firefox"
    await backend.grants(token)
    assert (await backend.get("/auth/access-token", params={"key": token})).body["state"] == "used"
    unknown = await backend.get("/auth/access-token", params={"key": "nothing"})
    assert (unknown.status, unknown.code) == (404, "invalid_access_token")


async def test_an_expired_access_token_is_refused(backend: Backend) -> None:
    await backend.signs_up()
    token = (await backend.opens(await backend.newest_link())).token
    backend.clock.advance(hours=1, seconds=1)
    assert (await backend.get("/auth/access-token", params={"key": token})).body["state"] == "expired"
    refused = await backend.grants(token)
    assert (refused.status, refused.code) == (403, "invalid_access_token")


async def test_a_missing_key_is_said(backend: Backend) -> None:
    for path in ("/auth/grant", "/auth/access-token"):
        answer = await backend.get(path)
        assert (answer.status, answer.code) == (400, "missing_access_token")
    assert (await backend.get("/auth/grant?key=a&key=b")).code == "validation_error"


async def test_a_link_survives_a_new_secret_key_while_the_old_one_is_listed(tmp_path: Path) -> None:
    clock = Clock()
    async with run_backend(tmp_path, clock, SECRET_KEY="old-secret") as backend:
        await backend.signs_up()
    async with run_backend(tmp_path, clock, SECRET_KEY="new-secret,old-secret") as backend:
        assert (await backend.opens(await backend.newest_link())).query["status"] == "200"
    async with run_backend(tmp_path, clock, SECRET_KEY="new-secret") as backend:
        listing = await backend.http.get("/outbox")
        page = re.findall(r'href="(/outbox/[0-9a-f]{24})"', listing.text)[0]
        assert (await backend.http.get(page)).status_code == 404


@pytest.mark.only_on("sqlite")
async def test_the_database_holds_no_key_that_opens_anything(backend: Backend) -> None:
    granted = await backend.joins()
    link = await backend.newest_link()
    files = backend.settings.data.folder.glob("accounts.db*")
    kept = b"".join(file.read_bytes() for file in files)
    assert parse_qs(urlsplit(link).query)["key"][0].encode() not in kept
    assert granted.token.encode() not in kept


# --- the button here


async def test_the_button_page_confirms_and_hands_over(with_button: Backend) -> None:
    await with_button.signs_up()
    link = await with_button.newest_link()
    for _ in range(3):
        page = await with_button.http.get(link)
        assert page.status_code == 200
    assert "form-action 'self' http://127.0.0.1:8000;" in page.headers["content-security-policy"]
    assert page.headers["referrer-policy"] == "same-origin"
    assert "ada@example.com" in page.text
    forms = re.findall(r'<form method="post" action="([^"]+)"', page.text)
    assert [urlsplit(form).path for form in forms] == ["/_auth/verify", "/_auth/disown"]

    landing = await with_button.opens(link, "POST")
    assert landing.query["action"] == "email-confirm"
    assert (await with_button.opens(link)).query["code"] == "link_used"
    assert (await with_button.opens(link, "POST")).query["code"] == "link_used"
    assert (await with_button.signs_in()).status == 200
    with_button.clock.advance(minutes=59)
    assert (await with_button.grants(landing.token)).status == 200
    assert (await with_button.grants(landing.token)).code == "invalid_access_token"


async def test_a_link_can_end_at_a_native_app(tmp_path: Path) -> None:
    async with run_backend(tmp_path, REDIRECT_URL="com.example.app://auth/done?tenant=a", LINK_BUTTON="on") as backend:
        await backend.signs_up()
        link = await backend.newest_link()
        page = await backend.http.get(link)
        assert "form-action 'self' com.example.app:; base-uri" in page.headers["content-security-policy"]
        assert 'href="com.example.app://auth"' in page.text
        landing = await backend.http.post(link)
        where = urlsplit(landing.headers["location"])
        assert (landing.status_code, where.scheme, where.netloc, where.path) == (
            302,
            "com.example.app",
            "auth",
            "/done",
        )
        query = parse_qs(where.query)
        assert (query["tenant"], query["status"], query["action"]) == (["a"], ["200"], ["email-confirm"])
        assert (await backend.grants(query["access_token"][0])).status == 200


async def test_an_access_token_counts_only_after_the_button(with_button: Backend) -> None:
    await with_button.signs_up()
    link = await with_button.newest_link()
    token = (await with_button.opens(link, "POST")).token
    with_button.clock.advance(hours=1)
    assert (await with_button.get("/auth/access-token", params={"key": token})).body["state"] == "expired"
    assert (await with_button.grants(token)).code == "invalid_access_token"


async def test_the_button_pressed_many_times_at_once_counts_once(with_button: Backend) -> None:
    await with_button.signs_up()
    link = await with_button.newest_link()
    landings = await asyncio.gather(*(with_button.opens(link, "POST") for _ in range(5)))
    assert sorted(landing.query["status"] for landing in landings) == ["200", "401", "401", "401", "401"]


async def test_this_was_not_me_discards_what_was_typed(with_button: Backend) -> None:
    await with_button.signs_up()
    link = await with_button.newest_link()
    page = await with_button.http.post(link.replace("/verify?", "/disown?"))
    assert page.status_code == 200
    assert "<h1>Sign-up cancelled</h1>" in page.text
    assert (await with_button.opens(link)).query["code"] == "link_unknown"
    assert (await with_button.signs_in()).code == "invalid_sign_in_credentials"


async def test_logging_in_with_another_provider_ends_at_the_site_with_a_reason(backend: Backend) -> None:
    landing = await backend.opens("/_auth/google")
    assert landing.query["status"] == "401"
    assert landing.query["action"] == "oauth-signin"
    assert landing.query["error"]
