"""Choosing a language and a time zone: where it leads, what comes along, and what is no choice."""

from __future__ import annotations

from collections.abc import Mapping

import httpx
import pytest

from tests.kit import inspection, mailbox
from tests.kit.backend import run_second_backend
from tests.kit.clock import Clock
from tests.kit.german import logged_in_at, page_language
from tests.kit.people import ADA, joins
from tests.kit.visitor import Visitor

HERE = {"Sec-Fetch-Site": "same-origin"}
HOSTILE = ["", "xx", "EN", "de-DE", "../de", "de\u202e", "<b>", "d" * 9_000, "None"]


async def test_one_comes_back_to_the_page_one_was_on(visitor: Visitor) -> None:
    await visitor.opens("/login?next=/profile/name")
    await visitor.submits("Deutsch")
    assert (visitor.path, visitor.query) == ("/login", {"next": "/profile/name"})
    assert visitor.status_message == "Die Sprache ist jetzt Deutsch."
    await visitor.opens("/login")
    assert visitor.status_message == ""
    assert [button.name() for button in visitor.html.all("[aria-current=true]")] == ["Deutsch"]


async def test_what_a_form_refused_leads_back_to_its_page(visitor: Visitor) -> None:
    await visitor.opens("/login?next=/profile/name")
    await visitor.submits("Log in", within="#login-form", email="ada@example.com", password="")
    await visitor.submits("Deutsch")
    assert (visitor.path, visitor.query, visitor.heading) == ("/login", {"next": "/profile/name"}, "Anmelden")


async def test_what_was_typed_comes_along_but_no_password(plain: httpx.AsyncClient) -> None:
    typed = {"language": "de", "email": "ada@example.com", "name": "Ada", "password": "three unrelated words"}
    answer = await plain.post("/language?next=/register", data=typed, headers=HERE)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/register")
    page = inspection.inspect_page((await plain.get("/register")).text)
    values = {field.get("name"): field.get("value") for field in page.all("input")}
    assert (values["email"], values["name"], values["password"]) == ("ada@example.com", "Ada", "")


@pytest.mark.parametrize("wanted", ["//evil.example/", "https://evil.example/", "/\\evil.example", "nowhere"])
async def test_nobody_is_led_away(plain: httpx.AsyncClient, wanted: str) -> None:
    for answer in (
        await plain.post("/language", data={"language": "de", "next": wanted}, headers=HERE),
        await plain.post("/language", params={"next": wanted}, data={"language": "de"}, headers=HERE),
    ):
        assert (answer.status_code, answer.headers["Location"]) == (303, "/")


@pytest.mark.parametrize("name", ["language", "timezone"])
async def test_a_wish_that_is_none_is_refused_beside_its_field(plain: httpx.AsyncClient, name: str) -> None:
    for value in [*HOSTILE, "Europe", "europe/berlin", "/etc/passwd", "Etc/GMT+15", "America/../Europe/Berlin", "utc"]:
        answer = await plain.post("/language", data={name: value, "next": "/login"}, headers=HERE)
        assert answer.status_code == 422, value
        page = inspection.inspect_page(answer.text, path="/language")
        assert page.by_id(f"{name}-error") or not value, value
        assert "language" not in plain.cookies
        assert not value or len(value) < 4 or value in ("None", "Europe") or value not in answer.text


async def test_the_setting_of_another_front_end_is_followed_as_far_as_it_is_understood(
    visitor: Visitor, environ: Mapping[str, str], clock: Clock
) -> None:
    """The contract takes any tag and any name of a zone."""
    await joins(visitor, ADA)
    async with run_second_backend(environ, clock, visitor.site) as contract:
        signed_in = await contract.signs_in(ADA.email)
        for language, zone, spoken_then, time, listed in (
            ("de-CH", "Asia/Calcutta", "de", "14:56 Uhr", "Asia/Kolkata"),
            ("tlh", "Mars/Olympus", "en", "09:26 UTC", "UTC"),
            ("en", "Zulu", "en", "09:26 UTC", "UTC"),
            ("en", "Etc/GMT-3", "en", "12:26", "Etc/GMT-3"),
            ("en", "America", "en", "09:26 UTC", "UTC"),
        ):
            values = {"language": language, "timezone": zone}
            call = {"values": values, "id": signed_in.body["user"]["_id"], "model": "users", "options": {}}
            assert (await contract.post("/db/object/update", call, session=signed_in.token)).status == 200
            await visitor.opens("/profile")
            assert (page_language(visitor), time in logged_in_at(visitor)) == (spoken_then, True)
            await visitor.opens("/language")
            assert visitor.field("timezone") == listed


async def test_page_and_mail_read_equally_much_of_what_a_browser_wishes(visitor: Visitor) -> None:
    visitor.headers["Accept-Language"] = "fr," * 120 + "de"
    await visitor.opens("/register")
    assert page_language(visitor) == "de"
    await visitor.submits("Konto erstellen", email=ADA.email, name=ADA.name, password=ADA.password)
    mail = await mailbox.newest(visitor, to=ADA.email)
    assert mail.subject.startswith("Bestätige deine E-Mail-Adresse für Account pages, Code ")
