"""What the site does where the backend lacks a feature, and how it learns what there is."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.routing import Route

from tests.kit.app import open_browser, run_app
from tests.kit.bare import CAPABILITIES, FEATURES, Without, refusal
from tests.kit.clock import Clock
from tests.kit.passkey_steps import NAMED_SITE
from tests.kit.people import (
    ADA,
    CONFIRM,
    GRACE,
    Person,
    asks_for_a_link,
    joins,
    logs_in,
    logs_out,
    opens_mailed_link,
    registers,
)
from tests.kit.site_forms import PROVIDER
from tests.kit.two_step_pages import is_asked_for_a_second_factor
from tests.kit.visitor import Visitor
from tests.kit.wire import SILENCES, nobody, over_wire
from web.api.capabilities import PLAIN_ALTOGIC, Capabilities, CapabilityMonitor
from web.api.errors import Unreachable
from web.routes import Endpoint, pages

ADDRESSES = re.compile(r'(?:href|action|hx-get|hx-post)="([^"]+)"')
MARY = Person("mary@example.com", "Mary")
LABELS = Capabilities(frozenset({"sessions.label"}))


def endpoint_of(route: Route) -> Endpoint:
    endpoint = getattr(route.endpoint, "__self__", None)
    assert isinstance(endpoint, Endpoint)
    return endpoint


def routes_of(feature: str) -> list[Route]:
    return [route for route in pages if endpoint_of(route).feature == feature]


ROUTED = {endpoint.feature for endpoint in map(endpoint_of, pages) if endpoint.feature}


@pytest.fixture
def environ(environ: dict[str, str]) -> dict[str, str]:
    """With all pages that there can be."""
    environ["PHONE_SIGN_UP"] = "on"
    return environ


# Where a feature is not offered


@asynccontextmanager
async def visiting(environ: Mapping[str, str], clock: Clock, *without: str) -> AsyncIterator[tuple[Visitor, set[str]]]:
    """A visitor of a site whose backend lacks some features, and the addresses in all that they have been answered."""
    site, wire = over_wire({**environ, **PROVIDER}, clock)
    wire.whole = Without(wire.whole, without)
    addresses: set[str] = set()

    async def note(response: httpx.Response) -> None:
        await response.aread()
        addresses.update(urlsplit(address).path for address in ADDRESSES.findall(response.text))

    async with run_app(site) as app, open_browser(app) as http:
        http.event_hooks["response"].append(note)
        yield Visitor(http), addresses


async def looks_around(visitor: Visitor, clock: Clock) -> None:
    """See each kind of page: of a mailed link that works, and one that no longer does; of somebody signed in."""
    await registers(visitor, ADA)
    await opens_mailed_link(visitor, ADA, CONFIRM)
    clock.advance(hours=2)
    await opens_mailed_link(visitor, ADA, CONFIRM)
    await asks_for_a_link(visitor, ADA)
    await joins(visitor, GRACE)
    await visitor.opens("/profile")
    await visitor.opens("/language")
    await visitor.opens("/profile/data")
    await visitor.opens("/profile/security")
    await visitor.opens("/confirm")
    await logs_out(visitor)
    await visitor.http.get(f"{NAMED_SITE}/login")  # passkeys work at a name alone
    await logs_in(visitor, GRACE)  # so that the log-in before is one that somebody else may have done
    await visitor.opens("/profile/history")
    await visitor.http.post("/profile/email", data={"new_email": "hopper@example.com"})
    await visitor.opens("/profile")
    await visitor.opens("/profile/leave")
    if visitor.status == 200:
        await visitor.submits("Delete account", sure=True)
        await logs_in(visitor, GRACE)


async def test_each_feature_with_pages_is_linked_where_it_is_offered(environ: Mapping[str, str], clock: Clock) -> None:
    async with visiting(environ, clock) as (visitor, addresses):
        await looks_around(visitor, clock)
        await logs_out(visitor)
        await joins(visitor, MARY)
        await is_asked_for_a_second_factor(visitor, clock, MARY)
    for feature in ROUTED:
        assert any(leads_to(route, addresses) for route in routes_of(feature)), feature


@pytest.mark.parametrize("feature", FEATURES)
async def test_without_a_feature_no_page_links_to_it_and_its_paths_are_not_there(
    environ: Mapping[str, str], clock: Clock, feature: str
) -> None:
    async with visiting(environ, clock, feature) as (visitor, addresses):
        await looks_around(visitor, clock)
        for route in routes_of(feature):
            assert not leads_to(route, addresses)
            path = route.path.replace("{id}", "0123456789abcdef")
            for method in sorted(set(route.methods or ()) - {"HEAD"}):
                answer = await visitor.http.request(method, path)
                assert (answer.status_code, "Page not found" in answer.text) == (404, True), (method, path)


def leads_to(route: Route, addresses: set[str]) -> list[str]:
    return [address for address in addresses if route.path_regex.match(address)]


# How it learns what there is


class Source:
    """A backend that says one thing after another, the last for ever; an exception is raised."""

    def __init__(self, *answers: Capabilities | Exception) -> None:
        self.answers = list(answers)
        self.count = 0

    async def get_capabilities(self) -> Capabilities:
        self.count += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


async def test_silence_takes_nothing_away() -> None:
    monitor = CapabilityMonitor(Source(LABELS, Unreachable()), interval=0)
    async with monitor.refresh_regularly():
        await passes(monitor, 5)
    assert monitor.known == LABELS


async def test_what_changes_is_known_after_the_interval() -> None:
    monitor = CapabilityMonitor(Source(LABELS, LABELS, PLAIN_ALTOGIC), interval=0)
    async with monitor.refresh_regularly():
        await passes(monitor, 3)
        assert monitor.known == PLAIN_ALTOGIC


async def passes(monitor: CapabilityMonitor, times: int) -> None:
    """Wait until the source has been asked so many times, and has answered."""
    source = monitor._source
    assert isinstance(source, Source)
    while source.count <= times:  # noqa: ASYNC110
        await asyncio.sleep(0)  # nothing else tells when it has been asked


async def test_while_nothing_is_known_each_need_asks_again() -> None:
    source = Source(Unreachable(), Unreachable(), LABELS)
    monitor = CapabilityMonitor(source)
    for _ in range(5):
        await monitor.ensure_known()
    assert (monitor.known, source.count) == (LABELS, 3)


async def test_those_who_need_it_at_once_share_one_call() -> None:
    source = Source(LABELS)
    monitor = CapabilityMonitor(source)
    await asyncio.gather(*(monitor.ensure_known() for _ in range(10)))
    assert source.count == 1


@pytest.mark.parametrize("silence", SILENCES)
async def test_a_site_starts_while_its_backend_is_silent_and_learns_later(
    environ: Mapping[str, str], clock: Clock, silence: str
) -> None:
    site, wire = over_wire(environ, clock)
    wire.instead = SILENCES[silence]
    async with run_app(site) as app, open_browser(app) as http:
        visitor = Visitor(http)
        await visitor.opens("/login")
        assert visitor.status == 200
        assert (await http.get("/auth-redirect/disown")).status_code == 503, "silence is not a no"
        wire.instead = None
        await joins(visitor, ADA)
        await visitor.follows("Name this device")


@pytest.mark.parametrize(
    "answer",
    [refusal(401, "missing_session_token"), refusal(404, "not_found"), httpx.Response(404, html="<h1>No</h1>")],
)
async def test_a_path_that_is_not_there_is_a_plain_altogic(
    environ: Mapping[str, str], clock: Clock, answer: httpx.Response
) -> None:
    site, wire = over_wire(environ, clock)

    async def altogic(request: httpx.Request) -> httpx.Response:
        if request.url.path == CAPABILITIES:
            return answer
        return await wire.whole.handle_async_request(request)

    wire.instead = altogic
    async with run_app(site) as app, open_browser(app) as http:
        assert (await http.get("/auth-redirect/disown")).status_code == 404
        wire.instead = nobody
        assert (await http.get("/auth-redirect/disown")).status_code == 404, "known by now"


async def test_a_stray_refusal_takes_nothing_away(environ: Mapping[str, str], clock: Clock) -> None:
    site, wire = over_wire(environ, clock)

    async def stray(request: httpx.Request) -> httpx.Response:
        if request.url.path == CAPABILITIES:
            return refusal(400, "validation_error")
        return await wire.whole.handle_async_request(request)

    wire.instead = stray
    async with run_app(site) as app, open_browser(app) as http:
        assert (await http.get("/auth-redirect/disown")).status_code == 503, "not known yet"


async def test_the_backends_settings_count_more_than_the_sites(environ: dict[str, str], clock: Clock) -> None:
    site, wire = over_wire(environ, clock)

    async def strict(request: httpx.Request) -> httpx.Response:
        if request.url.path == CAPABILITIES:
            told = {"features": [*FEATURES], "emailConfirmation": True, "sessionLifetime": 7200, "passwordMinimum": 20}
            return httpx.Response(200, json=told)
        return await wire.whole.handle_async_request(request)

    wire.instead = strict
    async with run_app(site) as app, open_browser(app) as http:
        visitor = Visitor(http)
        await visitor.opens("/register")
        assert visitor.sees("At least 20 characters")
        await joins(visitor, GRACE)
        http.cookies.clear()
        typed = {"email": GRACE.email, "password": GRACE.password, "stay": "yes"}
        cookies = (await http.post("/login", data=typed)).headers.get_list("set-cookie")
        assert any(cookie.startswith("session=") and "Max-Age=7200" in cookie for cookie in cookies)
