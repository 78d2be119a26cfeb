"""One browser of each engine and one site for all tests of a process."""

from __future__ import annotations

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser

from tests.gallery.sites import Sites, sites
from tests.kit.chromium import browser, mark_loop, skip_or_fail
from tests.kit.display import start_display
from tests.kit.engines import ENGINES, find_missing
from tests.kit.marionette import Marionette, open_firefox, start_firefox
from tests.kit.webkit import open_webkit, start_webkit
from tests.kit.window import Window


@pytest.fixture(scope="session")
def started() -> Iterator[tuple[Browser, AbstractEventLoop]]:
    """A Chromium and Playwright's loop, which is set aside while tests with loops of their own run."""
    with browser() as chromium:
        loop = asyncio.get_running_loop()
        with mark_loop(None):
            yield chromium, loop


@pytest.fixture(scope="module")
def chromium(started: tuple[Browser, AbstractEventLoop]) -> Iterator[Browser]:
    chromium, loop = started
    with mark_loop(loop):
        yield chromium


@pytest.fixture(scope="session")
def gallery_sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sites]:
    """The sites of the gallery, each started for the first who looks at it. Here people come often, and no limit is
    what is tested."""
    with sites(tmp_path_factory.mktemp("sites")) as gallery_sites:
        yield gallery_sites


@pytest.fixture(scope="session")
def site(gallery_sites: Sites) -> str:
    """`python -m web`, as a newcomer starts it."""
    return gallery_sites.open


@pytest.fixture(scope="session")
def named_site(gallery_sites: Sites) -> str:
    """One that is opened by its name, for a browser offers no passkeys at a number, and where people can have phone
    numbers. Its SMS stand at the outbox."""
    return gallery_sites.named


@pytest.fixture(params=[True, False], ids=["with-js", "without-js"])
def javascript(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    if missing := find_missing():
        skip_or_fail(f"There is no {' and no '.join(missing)} here: `make test` installs them as root on Debian.")
    with start_display() as display:
        yield display


@pytest.fixture(scope="session")
def firefox(display: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Marionette]:
    with start_firefox({"DISPLAY": display}, tmp_path_factory.mktemp("firefox")) as firefox:
        yield firefox


@pytest.fixture(scope="session")
def webkit(display: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    with start_webkit(display, tmp_path_factory.mktemp("webkit")) as driver:
        yield driver


@pytest.fixture(params=ENGINES)
def window(request: pytest.FixtureRequest, site: str) -> Iterator[Window]:
    """A window of Firefox, of WebKit, and of a Firefox without JavaScript, one after the other."""
    engine = str(request.param)
    if engine == "webkit":
        opened = open_webkit(request.getfixturevalue("webkit"), site)
    else:
        opened = open_firefox(request.getfixturevalue("firefox"), site, javascript=engine == "firefox")
    with opened as window:
        yield window
