"""How long the site takes from its start to its first answer, its database existing."""

from __future__ import annotations

from pathlib import Path

from bench.programs import run_program
from bench.report import Row
from bench.turns import Effort, Ratio, measure_in_turns, median
from tests.kit.filled_databases import new_sqlite, site_environ


def measure(effort: Effort, folder: Path) -> list[Row]:
    environ = site_environ(folder, DATABASE_URL=new_sqlite(folder / "starting.sqlite", 1))

    def start(module: str, settings: dict[str, str]) -> float:
        with run_program(module, settings, folder) as program:
            return program.took

    both = {"site": lambda: start("web", environ), "plain": lambda: start("bench.references", {})}
    found = measure_in_turns(both, effort.rounds)
    beside = {"seconds": median(found["site"]), "seconds of (b)": median(found["plain"])}
    return [Row("cold start", Ratio.of(found["site"], found["plain"]), "(b)", most=4, beside=beside)]
