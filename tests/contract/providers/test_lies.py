"""What of a provider's words is believed: one that lies in so many ways, each an issuer of its own."""

from pathlib import Path

import pytest

from tests.kit.lies import DOUBTS, LIES, TRUTHS, WRONG_ANSWERS
from tests.kit.providers import goes, run_with_provider

OTHER_CODES = {
    "another state": "login_expired",
    "no state": "login_expired",
    "status 500": "provider_unavailable",
}


async def test_no_lie_is_believed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """And whoever runs the site reads why, in our words."""
    async with run_with_provider(tmp_path, LIES) as (backend, provider):
        for number, lie in enumerate(LIES):
            landing = await goes(backend, f"p{number}")
            assert landing.query["status"] == "401", (lie, landing.query)
            assert landing.query["code"] == OTHER_CODES.get(lie, "provider_refused"), (lie, landing.query)
            assert "their words" not in landing.url, lie
        assert len(LIES) >= 43
        assert "no log-in with p0: provider_refused (its nonce)" in caplog.messages
        assert "their words" not in caplog.text
        assert set(WRONG_ANSWERS) <= set(LIES)
        assert provider.logins.keys() <= {f"code-{number}" for number in range(len(LIES))}


async def test_what_is_unusual_and_true_is_believed(tmp_path: Path) -> None:
    async with run_with_provider(tmp_path, TRUTHS) as (backend, provider):
        for number, truth in enumerate(TRUTHS):
            provider.person = {"sub": truth, "name": "Ada", "email": f"ada{number}@example.com"}
            landing = await goes(backend, f"p{number}")
            assert landing.query["status"] == "200", (truth, landing.query)
            user = (await backend.grants(landing.token)).body["user"]
            assert (user["email"], user["emailVerified"]) == (f"ada{number}@example.com", True), truth


async def test_an_address_that_was_not_verified_is_asked_for(tmp_path: Path) -> None:
    async with run_with_provider(tmp_path, DOUBTS) as (backend, _):
        for number, doubt in enumerate(DOUBTS):
            landing = await goes(backend, f"p{number}")
            assert (landing.query["code"], bool(landing.query["ref"])) == ("email_needed", True), doubt


async def test_a_new_key_is_fetched_when_it_signs_and_no_oftener(tmp_path: Path) -> None:
    async with run_with_provider(tmp_path, ["plain", "an unknown key"]) as (backend, provider):
        assert (await goes(backend)).query["status"] == "200"
        provider.rotate()
        assert (await goes(backend)).query["status"] == "200"
        assert provider.asked_for_keys == 2
        for _ in range(3):
            assert (await goes(backend, "p1")).query["code"] == "provider_refused"
        assert provider.asked_for_keys == 4  # its own first time, and once more for all three


async def test_keys_and_discovery_are_looked_at_again_after_an_hour(tmp_path: Path) -> None:
    async with run_with_provider(tmp_path, ["plain"]) as (backend, provider):
        await goes(backend)
        await goes(backend)
        backend.clock.advance(hours=1)
        await goes(backend)
        assert provider.asked_for_keys == 2
        provider.url, was = "http://127.0.0.1:1", provider.url  # it names another issuer from now on
        backend.clock.advance(hours=1)
        assert (await goes(backend)).query["status"] == "401"
        provider.url = was
        backend.clock.advance(seconds=10)
        assert (await goes(backend)).query["status"] == "200"
