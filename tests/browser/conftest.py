"""One browser and one site for all tests of a process."""

from __future__ import annotations

import asyncio
from asyncio import AbstractEventLoop
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.kit.chromium import browser, mark_loop
from tests.kit.serving import serve_site


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
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`python -m web`, as a newcomer starts it; here people come often, and no limit is what is tested."""
    folder = tmp_path_factory.mktemp("site")
    with serve_site({"DATA_DIR": str(folder / "var"), "LIMIT_FACTOR": "1000"}, folder) as url:
        yield url


@pytest.fixture(params=[True, False], ids=["with-js", "without-js"])
def javascript(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)
