"""Where passkeys work: at a name, not at a number, and where password managers look for them."""

from __future__ import annotations

import httpx
import pytest
from starlette.types import ASGIApp

from tests.kit.app import SITE, open_browser
from tests.kit.passkey_steps import FORM, NAMED_SITE
from tests.kit.people import ADA, arrives
from tests.kit.visitor import Visitor


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    """As a newcomer starts it: mails lead to a number, and the name works too."""
    del environ["PUBLIC_URL"]
    return environ


async def test_at_a_number_a_sentence_leads_to_the_name(app: ASGIApp, kind: type[Visitor]) -> None:
    async with open_browser(app, SITE) as http:
        visitor = kind(http, elsewhere=[NAMED_SITE])
        for path, to in (("/login", "/login"), ("/login?next=/profile/data", "/login?next=/profile/data")):
            await visitor.opens(path)
            assert not visitor.html.all(FORM)
            assert visitor.one("named").get("href") == f"{NAMED_SITE}{to}"
            assert visitor.one("email").get("autocomplete") == "username"
        await arrives(visitor, ADA)
        await visitor.opens("/profile/passkeys")
        assert not visitor.html.all(FORM)
        assert visitor.sees(f"Open {NAMED_SITE}/profile/passkeys and log in there.")


@pytest.mark.parametrize("name", ["localhost", "LOCALHOST", "localhost."])
async def test_at_the_name_there_is_the_form(app: ASGIApp, name: str) -> None:
    async with open_browser(app, f"http://{name}:8000") as http:
        for _again in range(2):
            page = (await http.get("/login")).text
            assert "data-passkey" in page
            assert "Passkeys need a name" not in page


async def test_the_page_at_the_name_is_not_cached_for_the_number_nor_the_other_way_round(app: ASGIApp) -> None:
    async with open_browser(app, SITE) as number, open_browser(app, NAMED_SITE) as name:
        for _again in range(2):
            assert "data-passkey" not in (await number.get("/login")).text
            assert "data-passkey" in (await name.get("/login")).text


async def test_password_managers_find_the_page(app: ASGIApp) -> None:
    async with open_browser(app) as http:
        answer = await http.get("/.well-known/passkey-endpoints")
    assert answer.headers["Content-Type"] == "application/json"
    page = f"{NAMED_SITE}/profile/passkeys"
    assert answer.json() == {"enroll": page, "manage": page}


@pytest.mark.parametrize("app", ["plain-altogic"], indirect=True)
async def test_where_the_backend_has_no_passkeys_nothing_speaks_of_them(plain: httpx.AsyncClient) -> None:
    for path in ("/.well-known/passkey-endpoints", "/login/passkey", "/passkeys/options"):
        assert (await plain.get(path)).status_code == 404
    assert "passkey" not in (await plain.get("/login")).text.lower()
