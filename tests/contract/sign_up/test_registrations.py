"""Registrations typed at a site of ours, whose browsers hold a secret: whoever confirms owns the account alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.kit.backend import IPHONE, Backend, run_backend
from tests.kit.clock import Clock
from tests.kit.contract import Answer
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases

VERA, MALLORY, ELSEWHERE = ("v" * 22, "m" * 22, "e" * 22)  # what each browser holds
NEW = "chosen at the confirmation"
EMAIL = {"email": "ada@example.com"}


def in_browser(secret: str, **more: str) -> dict[str, Any]:
    return {"headers": {"X-Registration": secret, **more}}


async def confirms(backend: Backend, token: str, secret: str, password: str = NEW, **body: Any) -> Answer:
    path = "/account/registration/confirm"
    return await backend.post(path, {"newPassword": password, **body}, params={"key": token}, **in_browser(secret))


async def found(backend: Backend, token: str, secret: str) -> tuple[bool, bool, bool]:
    answer = await backend.get("/auth/access-token", params={"key": token}, **in_browser(secret))
    return answer.body["passwordNeeded"], answer.body["nameNeeded"], answer.body["disownable"]


async def let_in(backend: Backend, *passwords: str) -> list[str]:
    return [password for password in passwords if (await backend.signs_in(password=password)).status == 200]


@asynccontextmanager
async def pursued(backend: Backend) -> AsyncIterator[str]:
    """Vera registers, Mallory thrice after her with passwords of his own. Gives the token of his newest link."""
    await backend.signs_up(password="vera's own", name="Vera", **in_browser(VERA))
    for number in range(3):
        backend.clock.advance(minutes=1)
        await backend.signs_up(password=f"mallory's {number}", name="Vera", **in_browser(MALLORY))
    yield (await backend.opens(await backend.newest_link())).token
    assert await let_in(backend, *(f"mallory's {number}" for number in range(3))) == []


async def test_in_the_browser_that_typed_it_the_button_takes_over_name_and_password(backend: Backend) -> None:
    await backend.signs_up(name="Vera", **in_browser(VERA))
    token = (await backend.opens(await backend.newest_link())).token
    assert await found(backend, token, VERA) == (False, False, True)
    granted = await backend.grants(token, **in_browser(VERA))
    assert granted.body["user"]["name"] == "Vera"
    assert await let_in(backend, PASSWORD) == [PASSWORD]


async def test_the_newest_mail_may_be_anybodys_and_the_own_password_counts(backend: Backend) -> None:
    async with pursued(backend) as mallorys:
        assert await found(backend, mallorys, VERA) == (False, False, True)
        assert (await backend.grants(mallorys, **in_browser(VERA))).status == 200
        assert await let_in(backend, "vera's own") == ["vera's own"]


@pytest.mark.parametrize("secret", [ELSEWHERE, "short"])
async def test_in_another_browser_nobodys_password_is_taken_over(backend: Backend, secret: str) -> None:
    async with pursued(backend) as token:
        assert await found(backend, token, secret) == (True, True, True)
        refused = await backend.grants(token, **in_browser(secret))
        assert (refused.status, refused.code) == (401, "password_required")
        confirmed = await confirms(backend, token, secret, name="Vera V.")
        assert (confirmed.status, confirmed.body["session"]["method"]) == (200, "email-confirm")
        assert (confirmed.body["user"]["name"], confirmed.body["user"]["emailVerified"]) == ("Vera V.", True)
        assert (await backend.get("/auth/user", session=confirmed.token)).status == 200
        assert await let_in(backend, "vera's own", NEW) == [NEW]
        for again in (await confirms(backend, token, secret), await backend.grants(token, **in_browser(VERA))):
            assert (again.status, again.code) == (403, "invalid_access_token")


async def test_a_client_without_a_secret_confirms_what_was_typed_at_a_site_of_ours_without_its_password(
    backend: Backend,
) -> None:
    async with pursued(backend) as token:
        granted = await backend.grants(token)
        assert (granted.status, "name" in granted.body["user"]) == (200, False)
        assert await let_in(backend, "vera's own") == []


async def test_what_a_client_without_a_secret_typed_is_not_taken_over_at_a_site_of_ours(backend: Backend) -> None:
    await backend.signs_up(password="mallory's")
    token = (await backend.opens(await backend.newest_link())).token
    assert (await backend.grants(token, **in_browser(VERA))).code == "password_required"
    assert (await confirms(backend, token, VERA, name="Vera")).status == 200
    assert await let_in(backend, "mallory's", NEW) == [NEW]


async def test_sent_again_is_the_browsers_own_registration_alone(backend: Backend) -> None:
    async with pursued(backend):
        before = len(await backend.mails())
        backend.clock.advance(minutes=1)
        await backend.post("/auth/resend", params=EMAIL, **in_browser(VERA, **{"User-Agent": IPHONE}))
        mails = await backend.mails()
        assert len(mails) == before + 1
        assert "09:26 UTC from Firefox on Windows" in mails[0]  # of who typed it, not of who asked for it again
        token = (await backend.opens(await backend.newest_link())).token
        assert (await backend.grants(token, **in_browser(VERA))).body["user"]["name"] == "Vera"
        assert await let_in(backend, "vera's own") == ["vera's own"]


async def test_sent_again_from_another_browser_the_mail_lets_its_owner_in_and_nobody_else(backend: Backend) -> None:
    async with pursued(backend):
        before = len(await backend.mails())
        backend.clock.advance(minutes=1)
        await backend.post("/auth/resend", params=EMAIL, **in_browser(ELSEWHERE))
        assert len(await backend.mails()) == before + 1
        token = (await backend.opens(await backend.newest_link())).token
        assert await found(backend, token, ELSEWHERE) == (True, True, True)
        assert (await confirms(backend, token, ELSEWHERE, name="Vera")).status == 200
        assert await let_in(backend, "vera's own", NEW) == [NEW]


async def test_an_expired_link_is_replaced_by_one_for_the_browser_that_asks(backend: Backend) -> None:
    async with pursued(backend):
        mallorys = await backend.newest_link()
        backend.clock.advance(hours=2)
        key = (await backend.opens(mallorys)).query["ref"]
        await backend.post("/auth/resend", params={"key": key}, **in_browser(VERA))
        token = (await backend.opens(await backend.newest_link())).token
        assert (await backend.grants(token, **in_browser(VERA))).body["user"]["name"] == "Vera"


async def test_the_button_of_ours_leaves_it_to_the_site_whose_password_counts(with_button: Backend) -> None:
    await with_button.signs_up(password="mallory's", **in_browser(MALLORY))
    token = (await with_button.opens(await with_button.newest_link(), "POST")).token
    assert (await with_button.signs_in(password="mallory's")).code == "email_not_verified"
    assert await found(with_button, token, VERA) == (True, True, True)
    assert (await confirms(with_button, token, VERA, name="Vera")).status == 200
    assert await let_in(with_button, "mallory's", NEW) == [NEW]


async def test_an_account_from_before_confirmation_gets_a_new_password_and_keeps_its_name(tmp_path: Path) -> None:
    async with run_backend(tmp_path, EMAIL_CONFIRMATION="off") as backend:
        before = await backend.signs_up()
    async with run_backend(tmp_path, Clock()) as backend:
        await backend.post("/auth/resend", params=EMAIL, **in_browser(VERA))
        token = (await backend.opens(await backend.newest_link())).token
        assert await found(backend, token, VERA) == (True, False, False)
        confirmed = await confirms(backend, token, VERA)
        assert confirmed.body["user"]["_id"] == before.body["user"]["_id"]
        assert confirmed.body["user"]["name"] == "Ada"
        assert await let_in(backend, PASSWORD, NEW) == [NEW]


async def test_a_confirmation_checks_what_it_is_given_and_spends_nothing(backend: Backend) -> None:
    await backend.signs_up(**in_browser(MALLORY))
    token = (await backend.opens(await backend.newest_link())).token
    wrong = await confirms(backend, token, VERA, "short", name="\n")
    assert (wrong.status, wrong.params) == (400, ["newPassword", "name"])
    assert (await backend.post("/account/registration/confirm", {"newPassword": NEW})).code == "missing_access_token"
    assert (await confirms(backend, "made up", VERA)).code == "invalid_access_token"
    assert (await confirms(backend, token, VERA)).status == 200
    backend.clock.advance(minutes=1)
    await backend.post("/auth/send-magic", params=EMAIL)
    magic = (await backend.opens(await backend.newest_link())).token
    assert (await confirms(backend, magic, VERA)).code == "invalid_token_type"


async def test_this_was_not_me_discards_all_where_the_link_is_of_no_registration(backend: Backend) -> None:
    async with pursued(backend):
        backend.clock.advance(minutes=1)
        await backend.post("/auth/resend", params=EMAIL, **in_browser(ELSEWHERE))
        link = await backend.newest_link()
        token = (await backend.opens(link)).token
        assert (await backend.post("/auth/access-token/disown", params={"key": token})).status == 200
        assert (await backend.opens(link)).query["code"] == "link_unknown"
        assert (await backend.signs_in(password="vera's own")).code == "invalid_sign_in_credentials"


async def test_the_browser_that_waits_is_told_when_the_address_is_confirmed_elsewhere(backend: Backend) -> None:
    async def state(secret: str, email: str = "ada@example.com") -> str:
        answer = await backend.get("/account/pending", params={"email": email}, **in_browser(secret))
        return str(answer.body["state"])

    await backend.joins("taken@example.com")
    await backend.signs_up("taken@example.com", **in_browser(VERA))
    await backend.signs_up(**in_browser(VERA))
    token = (await backend.opens(await backend.newest_link())).token
    assert [await state(VERA), await state(VERA, "taken@example.com")] == ["waiting", "waiting"]
    await confirms(backend, token, ELSEWHERE, name="Vera")
    assert [await state(VERA), await state(ELSEWHERE)] == ["confirmed", "waiting"]
    assert [await state(VERA, other) for other in ("taken@example.com", "nobody@example.com")] == ["waiting"] * 2


async def test_where_a_log_in_is_to_lead_is_kept_with_its_link(backend: Backend) -> None:
    async def asks(path: str, next_path: str) -> str:
        backend.clock.advance(minutes=1)
        await backend.post(path, params={**EMAIL, "next": next_path})
        token = (await backend.opens(await backend.newest_link())).token
        return str((await backend.get("/auth/access-token", params={"key": token})).body["next"])

    body = {"email": "ada@example.com", "password": PASSWORD, "nameOrUserData": "Ada"}
    await backend.post("/auth/signup-email", body, params={"next": "/profile/name?a=b&c=ä"})
    token = (await backend.opens(await backend.newest_link())).token
    assert (await backend.get("/auth/access-token", params={"key": token})).body["next"] == "/profile/name?a=b&c=ä"
    assert await asks("/auth/resend", "/profile/avatar") == "/profile/avatar"
    await backend.grants(token)
    assert await asks("/auth/send-magic", "/profile") == "/profile"
    for foreign in ("//evil.example", "/\\evil.example", "https://evil.example", "/a\tb", "/" + "a" * 500):
        assert await asks("/auth/send-magic", foreign) == "", foreign
        if foreign == "/\\evil.example":
            backend.clock.advance(hours=1)


async def test_an_expired_links_successor_leads_where_it_led(backend: Backend) -> None:
    await backend.joins()
    backend.clock.advance(minutes=1)
    await backend.post("/auth/send-magic", params={**EMAIL, "next": "/profile/name"})
    backend.clock.advance(hours=2)
    await backend.post("/auth/resend", params={"key": (await backend.opens(await backend.newest_link())).query["ref"]})
    token = (await backend.opens(await backend.newest_link())).token
    assert (await backend.get("/auth/access-token", params={"key": token})).body["next"] == "/profile/name"
