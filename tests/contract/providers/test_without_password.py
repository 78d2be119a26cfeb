"""An account that was made with a provider has no password: what Altogic's calls about passwords answer for it."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.providers.conftest import LIES
from tests.kit.backend import Backend
from tests.kit.people import PASSWORD
from tests.kit.providers import logs_in, run_with_provider

pytestmark = pytest.mark.both_databases

ADA = "ada@example.com"
REFUSALS: dict[str, tuple[dict[str, str], int, str]] = {
    "change-email": ({"currentPassword": PASSWORD, "newEmail": "new@example.com"}, 401, "invalid_provider"),
    "change-phone": ({"currentPassword": PASSWORD, "newPhone": "+4915112345678"}, 401, "invalid_provider"),
    "change-pwd": ({"oldPassword": PASSWORD, "newPassword": "a better battery"}, 403, "confirmation_required"),
}
MAILED = {"send-magic": "magic-link", "send-reset": "reset-pwd"}


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[Backend]:
    async with run_with_provider(tmp_path, LIES, PHONE_SIGN_UP="on") as (backend, _provider):
        yield backend


async def test_the_user_says_by_which_provider_and_logs_in_later_too(backend: Backend) -> None:
    first: dict[str, Any] = (await logs_in(backend)).body["user"]
    expected = {"provider": "p0", "providerUserId": "ada-1", "name": "Ada", "email": ADA}
    assert first | expected == first
    assert "profilePicture" not in first  # it would stand at the provider, who would hear of every look at it
    backend.clock.advance(minutes=1)
    later = (await logs_in(backend)).body["user"]
    assert (later["signUpAt"], later["lastLoginAt"] > first["lastLoginAt"]) == (first["signUpAt"], True)


async def test_what_needs_a_password_says_that_there_is_none(backend: Backend) -> None:
    ada = (await logs_in(backend)).token
    for call, (body, status, code) in REFUSALS.items():
        refused = await backend.post(f"/auth/{call}", body, session=ada)
        assert (refused.status, refused.code) == (status, code), call


async def test_nobody_learns_from_a_password_that_the_account_has_none(backend: Backend) -> None:
    await logs_in(backend)
    refused, unknown = await backend.signs_in(ADA), await backend.signs_in("nobody@example.com")
    assert (refused.status, refused.code) == (401, "invalid_sign_in_credentials")
    assert refused.body == unknown.body


async def test_its_mailbox_lets_its_owner_in_and_set_a_password(backend: Backend) -> None:
    await logs_in(backend)
    assert (await backend.post("/auth/resend", params={"email": ADA})).status == 200
    assert await backend.mails() == []  # there is nothing to confirm
    for call, action in MAILED.items():
        assert (await backend.post(f"/auth/{call}", params={"email": ADA})).status == 200
        await backend.waits_for_mails()
        landing = await backend.opens(await backend.newest_link(ADA), "POST")
        assert landing.query["action"] == action
    new = {"newPassword": PASSWORD}
    assert (await backend.post("/auth/reset-pwd", new, params={"key": landing.token})).status == 200
    assert (await backend.signs_in(ADA)).body["user"]["provider"] == "p0"
