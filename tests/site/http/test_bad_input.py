"""What no form of ours would send: refused on a page that says what is wrong, and never our mistake."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import httpx
import pytest
from starlette.routing import Route
from starlette.types import ASGIApp

from tests.kit import inspection, mailbox
from tests.kit.app import open_browser, run_app
from tests.kit.bad_bodies import URLENCODED, Bad, bad_bodies, bad_multipart
from tests.kit.clock import Clock
from tests.kit.people import ADA, CONFIRM, GRACE, arrives, joins
from tests.kit.site_forms import FORMS, PROVIDER, SESSION
from tests.kit.two_step_pages import is_asked_for_a_second_factor
from tests.kit.visitor import Visitor
from web.asgi import create
from web.routes import pages

FOR_SCRIPTS = ("/passkeys/options",)  # what is missing there, nobody has typed
WITH_FIELDS = [path for path, fields in FORMS.items() if fields and path not in FOR_SCRIPTS]
WITHOUT_FIELDS = [path for path, fields in FORMS.items() if not fields]
FIELD = {path: next(iter(fields), "next") for path, fields in FORMS.items()}


@pytest.fixture(autouse=True)
def offered(environ: dict[str, str]) -> None:
    """All forms are there."""
    environ |= PROVIDER


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    """With all forms that there can be."""
    environ["PHONE_SIGN_UP"] = "on"
    return environ


@pytest.fixture
async def signed_in(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """One who may send every form. Guests' forms are sent by a guest."""
    async with open_browser(app) as http:
        await joins(Visitor(http), ADA)
        yield http


@pytest.fixture
async def arrived(app: ASGIApp) -> AsyncIterator[httpx.AsyncClient]:
    """One who has just logged in, so that nobody asks who it is."""
    async with open_browser(app) as http:
        await arrives(Visitor(http), ADA)
        yield http


@pytest.fixture
async def halfway(arrived: httpx.AsyncClient, clock: Clock) -> httpx.AsyncClient:
    """One who has logged in with the password, and has to show a second factor."""
    await is_asked_for_a_second_factor(Visitor(arrived), clock, ADA)
    return arrived


SENDERS = {"/login/second-step": "halfway", "/profile/two-step": "arrived"}
GUEST, MEMBER = "plain", "signed_in"


def name_sender(path: str) -> str:
    """Name the fixture of whoever may send a form."""
    return SENDERS.get(path, MEMBER if path.startswith(("/profile", "/confirm")) else GUEST)


@pytest.fixture
def sender(path: str, request: pytest.FixtureRequest) -> httpx.AsyncClient:
    return cast("httpx.AsyncClient", request.getfixturevalue(name_sender(path)))


@pytest.fixture(params=[GUEST, MEMBER, *SENDERS.values()])
def forms_of_sender(request: pytest.FixtureRequest) -> tuple[httpx.AsyncClient, list[str]]:
    """Somebody, and all the forms that they may send. What is refused changes nothing, so one is as good as many."""
    return request.getfixturevalue(request.param), [path for path in FORMS if name_sender(path) == request.param]


def test_every_form_is_tried() -> None:
    posts = {route.path for route in pages if isinstance(route, Route) and "POST" in (route.methods or ())}
    assert {path.replace(SESSION, "{id}").replace("/github", "/{provider}") for path in FORMS} == posts


async def refused(sender: httpx.AsyncClient, path: str, bad: Bad) -> None:
    headers = {"Content-Type": bad.content_type} if bad.content_type else {}
    answer = await sender.post(path, content=bad.content, headers=headers | bad.headers)
    assert answer.status_code in bad.status, f"{path}, {bad.name}: {answer.status_code}"
    inspection.inspect_response(answer)
    page = inspection.inspect_page(answer.text, path=path)
    assert len(page.find("h1").text()) > 5  # type: ignore[union-attr]
    assert "Something went wrong" not in page.text()
    fragment = await sender.post(
        path, content=bad.content, headers=headers | {"HX-Request": "true", "HX-Request-Type": "partial"}
    )
    assert fragment.status_code in bad.status, f"{path}, {bad.name}, by htmx: {fragment.status_code}"


async def test_a_form_refuses_what_no_form_sends(forms_of_sender: tuple[httpx.AsyncClient, list[str]]) -> None:
    sender, paths = forms_of_sender
    for path in paths:
        for bad in bad_bodies(FIELD[path]):
            await refused(sender, path, bad)


async def test_a_form_refuses_broken_multipart(forms_of_sender: tuple[httpx.AsyncClient, list[str]]) -> None:
    sender, paths = forms_of_sender
    for path in paths:
        for bad in bad_multipart(FIELD[path]):
            await refused(sender, path, bad)


async def test_a_body_without_a_length_is_counted(forms_of_sender: tuple[httpx.AsyncClient, list[str]]) -> None:
    sender, paths = forms_of_sender
    for path in paths:
        answer = await sender.post(path, content=send_on(), headers={"Content-Type": URLENCODED})
        assert (answer.status_code, "html" in answer.headers["Content-Type"]) == (413, True), path


async def send_on() -> AsyncIterator[bytes]:
    """Yield more than any form may have."""
    for _ in range(40_000_000 // 65_536):
        yield b"a" * 65_536


@pytest.mark.parametrize("path", WITH_FIELDS)
async def test_a_form_with_fields_says_which_are_missing(path: str, sender: httpx.AsyncClient) -> None:
    for headers in ({}, {"Content-Type": URLENCODED}, {"Content-Type": ""}):
        answer = await sender.post(path, content=b"", headers=headers)
        assert answer.status_code in (400, 422)
        inspection.inspect_page(answer.text, path=path)
    for missing in FORMS[path]:
        rest = {name: value for name, value in FORMS[path].items() if name != missing}
        answer = await sender.post(path, data={**rest, "unknown": "ignored"})
        assert answer.status_code in (400, 422), f"without {missing}"
        page = inspection.inspect_page(answer.text, path=path, typed=FORMS[path].values())
        assert page.find(f"#{missing}-error"), f"nothing beside {missing}"


@pytest.mark.parametrize("path", WITHOUT_FIELDS)
async def test_a_form_without_fields_takes_an_empty_body(path: str, sender: httpx.AsyncClient) -> None:
    for headers in ({}, {"Content-Type": URLENCODED}, {"Content-Type": "text/plain"}):
        answer = await sender.post(path, content=b"", headers=headers)
        assert answer.status_code == 303, headers


async def test_unknown_fields_are_ignored(plain: httpx.AsyncClient) -> None:
    fields = FORMS["/register"] | {"emailVerified": "true", "provider": "x", "": "nameless", "ключ": "значение"}
    assert (await plain.post("/register", data=fields)).status_code == 303


@pytest.mark.parametrize(
    "query", ["next=%ff", "next=%00", "next=a&next=b", "%", "&&&=", "next=" + "a" * 8_000, "access_token=%00%ff"]
)
async def test_no_query_is_our_mistake(plain: httpx.AsyncClient, query: str) -> None:
    for path in ("/", "/login", "/register", "/auth-redirect", "/profile", "/forgot-password/sent"):
        assert (await plain.get(f"{path}?{query}")).status_code < 500, path


@pytest.mark.parametrize(
    "path",
    ["/%ff", "/%00", "/profile/sessions/%ff", "/profile/sessions/é", "/" + "a" * 8_000, "//", "/static/%2e%2e/x"],
)
async def test_no_path_is_our_mistake(signed_in: httpx.AsyncClient, path: str) -> None:
    for method in ("GET", "POST"):
        assert (await signed_in.request(method, path)).status_code < 500


# At the same moment


async def test_two_registrations_at_the_same_moment_are_one_account(app: ASGIApp) -> None:
    """Both wait for the mail; the link that is opened decides, and there is nothing left to open after it."""
    async with open_browser(app) as one, open_browser(app) as two:
        sent = [each.post("/register", data={**FORMS["/register"], "email": ADA.email}) for each in (one, two) * 5]
        assert {answer.status_code for answer in await asyncio.gather(*sent)} == {303}
        visitor = Visitor(one)
        await visitor.opens((await mailbox.newest(visitor, to=ADA.email, subject=CONFIRM)).link)
        await visitor.submits("Confirm this address")
        assert visitor.who == "A"
        assert len(await mailbox.list_paths(visitor, to=ADA.email)) <= 2


async def test_two_registrations_at_the_same_moment_without_confirmation(environ: dict[str, str]) -> None:
    site = create({**environ, "EMAIL_CONFIRMATION": "off"})
    async with run_app(site) as app, open_browser(app) as one, open_browser(app) as two:
        sent = [each.post("/register", data=FORMS["/register"]) for each in (one, two) * 5]
        answers = await asyncio.gather(*sent)
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(303) == 1
    assert set(statuses) <= {303, 422, 429}


async def test_the_same_rename_sent_ten_times_at_once(signed_in: httpx.AsyncClient) -> None:
    answers = await asyncio.gather(*[signed_in.post("/profile/name", data={"name": GRACE.name}) for _ in range(10)])
    assert {answer.status_code for answer in answers} == {303}
    assert f"<bdi>{GRACE.name}</bdi>" in (await signed_in.get("/profile")).text
