"""A browser for each file of tests, not for longer: Playwright's loop leaves no room for another. One site for all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.kit.chromium import browser
from tests.kit.serving import serve_site


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as chromium:
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
