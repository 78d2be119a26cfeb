"""What the backend says of itself, so that a site need not guess."""

import re
from pathlib import Path
from typing import get_args

from backend.endpoints.capabilities import FEATURES
from tests.kit import bare
from tests.kit.backend import Backend, run_backend
from tests.kit.contract import API
from tests.kit.people import PASSWORD
from web.api.capabilities import Feature

DOCS = Path(__file__).resolve().parents[3] / "docs" / "altogic-client.md"
TABLE = re.compile(r"## Capabilities.*?\n## ", re.DOTALL)


async def test_it_names_its_additions_and_the_settings_a_site_has_to_know(backend: Backend) -> None:
    answer = await backend.get("/account/capabilities")
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-store")
    assert answer.body == {
        "features": [feature for feature in FEATURES if feature != "account.phone"],
        "providers": [],
        "passkeys": {"rpId": "localhost", "origin": "http://localhost:8000"},
        "phones": None,
        "emailConfirmation": True,
        "sessionLifetime": 2592000,
        "passwordMinimum": 6,
    }


async def test_the_settings_are_those_in_force(tmp_path: Path) -> None:
    async with run_backend(tmp_path, EMAIL_CONFIRMATION="off", SESSION_LIFETIME="3600") as backend:
        told = (await backend.get("/account/capabilities")).body
        assert (told["emailConfirmation"], told["sessionLifetime"]) == (False, 3600)
        sign_up = {"email": "a@example.com", "nameOrUserData": "A"}
        for length, status in ((told["passwordMinimum"] - 1, 400), (told["passwordMinimum"], 200)):
            answer = await backend.post("/auth/signup-email", sign_up | {"password": PASSWORD[:length]})
            assert answer.status == status


async def test_where_there_are_phones_it_says_what_can_be_done_with_them(tmp_path: Path) -> None:
    async with run_backend(tmp_path, PHONE_SIGN_UP="on", SMS_COUNTRIES="at, DE", CODE_EXPIRY="150") as backend:
        told = (await backend.get("/account/capabilities")).body
        assert "account.phone" in told["features"]
        phones = {"codeSignIn": True, "confirmation": True, "codeLifetime": 150, "countries": ["AT", "DE"]}
        assert told["phones"] == phones


async def test_it_takes_a_client_key_but_no_session(backend: Backend) -> None:
    assert (await backend.http.get(f"{API}/account/capabilities")).status_code == 401


def test_site_documentation_and_test_double_know_the_same_features() -> None:
    table = TABLE.search(DOCS.read_text("utf-8"))
    assert table
    documented = re.findall(r"^\| `([a-z]+\.[a-z-]+)` \|", table[0], re.MULTILINE)
    assert list(FEATURES) == documented == list(bare.FEATURES) == sorted(get_args(Feature))
