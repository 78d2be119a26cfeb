"""Two sites and two backends behind a proxy, as `make scaled` starts them, and one of each dies under load."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.kit.packages import has_program
from tests.kit.scaled import CONNECTIONS, Scaled, find_logged_out, kill_one, run_scaled

PROGRAMS = ("haproxy", "wrk")
SECONDS = 2  # of load; `make scaled` and the measurements take longer


@pytest.fixture(scope="module")
def all_(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scaled]:
    missing = [program for program in PROGRAMS if not has_program(program)]
    if missing:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"not installed: {', '.join(missing)}")
    with run_scaled(tmp_path_factory.mktemp("scaled")) as running:
        yield running


@pytest.mark.parametrize("kind", ["site", "backend"])
def test_where_one_process_dies_another_answers_and_nobody_is_logged_out(all_: Scaled, kind: str) -> None:
    victim = all_.sites[1] if kind == "site" else all_.backends[1]

    found = kill_one(all_, victim, SECONDS)

    assert found.requests > 0
    assert found.failures <= CONNECTIONS, "more failed than can have been under way"
    assert find_logged_out(all_) == []
