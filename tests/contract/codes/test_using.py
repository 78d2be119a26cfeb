"""What the code of a mail gives, and how it is typed."""

from pathlib import Path
from typing import Any

import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.contract_codes import ADA, LAPTOP, PHONE, asks_for_a_code, read_newest_code, types_code

pytestmark = pytest.mark.both_databases

NEW = "chosen anew with three words"


async def test_the_code_of_a_login_link_logs_in(backend: Backend) -> None:
    await backend.joins()
    reference = await asks_for_a_code(backend)
    used = await types_code(backend, reference, await read_newest_code(backend))
    assert (used.status, used.body["user"]["email"]) == (200, ADA)
    sessions = await backend.get("/auth/sessions", session=used.token)
    assert sessions.body[-1]["method"] == "mail-code"


async def test_a_code_is_read_however_it_is_typed(backend: Backend) -> None:
    await backend.joins()
    reference = await asks_for_a_code(backend)
    code = await read_newest_code(backend)
    typed = f"  {code[:3].lower()} {code[3:].lower()}. ".replace("l", "1")
    assert (await types_code(backend, reference, typed)).status == 200


@pytest.mark.one_database
@pytest.mark.parametrize("typed", ["", "WDJB-MJH", "WDJB-MJHTT", "0OAEIU", "😀" * 8, "B" * 10_000, None, ["B"] * 8])
async def test_what_are_not_eight_letters_is_no_try(backend: Backend, typed: Any) -> None:
    await backend.joins()
    reference = await asks_for_a_code(backend)
    code = await read_newest_code(backend)
    for _time in range(6):
        refused = await types_code(backend, reference, typed)
        assert (refused.status, refused.code, refused.params) == (400, "validation_error", ["code"])
    assert (await types_code(backend, reference, code)).status == 200


async def test_a_sign_up_is_confirmed_by_its_code_with_the_password_typed_before(backend: Backend) -> None:
    browser = LAPTOP | {"X-Registration": "of this browser " * 2}
    signed_up = await backend.signs_up(headers=browser)
    code = await read_newest_code(backend)
    body = {"reference": signed_up.body["reference"], "code": code}
    used = await backend.post("/account/codes", body, headers=browser)
    assert (used.status, used.body["user"]["emailVerified"]) == (200, True)
    assert (await backend.signs_in()).status == 200


async def test_where_nothing_was_typed_the_code_leads_on_to_a_new_password(backend: Backend) -> None:
    """Of a confirmation that another browser, in which nobody signed up, has had mailed again."""
    await backend.signs_up(headers=LAPTOP | {"X-Registration": "of this browser " * 2})
    backend.clock.advance(seconds=11)
    browser = PHONE | {"X-Registration": "of another browser " * 2}
    again = await backend.post("/auth/resend", params={"email": ADA}, headers=browser)
    body = {"reference": again.body["reference"], "code": await read_newest_code(backend)}
    used = await backend.post("/account/codes", body, headers=browser)
    assert used.body["action"] == "email-confirm"
    key = {"key": used.body["accessToken"]}
    confirmed = await backend.post("/account/registration/confirm", {"newPassword": NEW}, params=key, headers=browser)
    assert confirmed.status == 200
    assert (await backend.signs_in(password=NEW)).status == 200


async def resets_by_code(backend: Backend) -> None:
    await backend.joins()
    reference = await asks_for_a_code(backend, "send-reset")
    code = await read_newest_code(backend)
    used = await types_code(backend, reference, code)
    assert used.body["action"] == "reset-pwd"
    backend.clock.advance(seconds=5)
    assert (await types_code(backend, reference, code)).code == "wrong_code", "a code gives its token once"
    key = {"key": used.body["accessToken"]}
    assert (await backend.grants(key["key"])).code == "invalid_token_type", "it logs nobody in"
    assert (await backend.post("/auth/reset-pwd", {"newPassword": NEW}, params=key)).status == 200
    assert (await backend.signs_in(password=NEW)).status == 200


async def test_the_code_of_a_reset_leads_on_to_a_new_password(backend: Backend) -> None:
    await resets_by_code(backend)


async def test_it_does_where_the_button_is_on_our_own_page_too(tmp_path: Path) -> None:
    async with run_backend(tmp_path, LINK_BUTTON="on", EMAIL_CONFIRMATION="off") as backend:
        await resets_by_code(backend)


@pytest.mark.one_database
async def test_what_was_signed_for_something_else_is_no_reference(backend: Backend) -> None:
    """Anybody has what a page posts as a provider's answer signed, to find it again."""
    posted = await backend.http.post("/_auth/apple/callback", data={"state": "made up"})
    signed = posted.headers["set-cookie"].partition("=")[2].partition(";")[0]
    refused = await types_code(backend, signed, "BCDF-GHJK")
    assert (refused.status, refused.code) == (401, "wrong_code")
    assert (await backend.get("/account/pending", params={"reference": signed})).body == {"state": "expired"}
