"""What a second process brings, and what it would bring if nothing else used the cores."""

from __future__ import annotations

import os
from contextlib import ExitStack
from pathlib import Path

from bench.programs import Program, run_program
from bench.report import Row
from bench.turns import Effort, Ratio, measure_in_turns, median
from tests.kit.filled_databases import new_sqlite, profile_of, site_environ
from tests.kit.load import Load, load, require_success

ASKING = range(100)


def measure(effort: Effort, folder: Path) -> list[Row]:
    with ExitStack() as stack:
        file = new_sqlite(folder / "workers.sqlite", 1000)
        one, two = (
            stack.enter_context(run_program("web", site_environ(folder, DATABASE_URL=file, WORKERS=count), folder))
            for count in "12"
        )
        _ask(one, 1), _ask(two, 1)
        found = measure_in_turns(
            {"1": lambda: _ask(one, effort.seconds), "2": lambda: _ask(two, effort.seconds)}, effort.rounds
        )
    rates = {count: [load.rate for load, _ in loads] for count, loads in found.items()}
    used = {count: [cpu / load.seconds for load, cpu in loads] for count, loads in found.items()}
    each = {count: [cpu / load.requests for load, cpu in loads] for count, loads in found.items()}
    least = 1.8 if (os.cpu_count() or 1) > 2 else None  # two are not free where wrk needs one of them
    beside = {"a second": median(rates["2"]), "cores used by 1": median(used["1"]), "by 2": median(used["2"])}
    return [
        Row("GET /profile, 2 workers", Ratio.of(rates["2"], rates["1"]), "1 worker", least=least, beside=beside),
        Row("    for each core they were given", Ratio.of(each["1"], each["2"]), "1 worker", least=0.9),
    ]


def _ask(site: Program, seconds: int) -> tuple[Load, float]:
    before = site.cpu
    found = require_success(load(site.url, profile_of(ASKING), seconds, connections=64), "workers")
    return found, site.cpu - before
