"""The log-in as Lighthouse meets it: cold, on a simulated slow 4G."""

from __future__ import annotations

from pathlib import Path

from bench import lighthouse
from bench.programs import run_program
from bench.report import Row
from bench.turns import Effort, Ratio
from tests.kit.filled_databases import new_sqlite, site_environ

RUNS = 3
KILOBYTE = 1000
MOST = {"lcp": 1.1, "tbt": 0.0, "cls": 0.0, "bytes": 35.0, "requests": 4.0}
NAMES = {"lcp": "LCP, s", "tbt": "TBT, ms", "cls": "CLS", "bytes": "kB sent", "requests": "requests"}


def measure(effort: Effort, folder: Path) -> list[Row]:
    """Absolute, unlike the rest: the network and the processor are simulated ones."""
    if not lighthouse.COMMAND.exists():
        print("Lighthouse is not there (npm ci --prefix bench): its rows are left out")
        return []
    file = new_sqlite(folder / "phone.sqlite", 1)
    with run_program("web", site_environ(folder, DATABASE_URL=file), folder) as site:
        runs = range(1 if effort.is_quick else RUNS)
        found = [lighthouse.judge(f"{site.url}/login", folder / "lighthouse").times for _ in runs]
    scale = {"lcp": 1000, "bytes": KILOBYTE}
    values = {name: sorted(one[name] / scale.get(name, 1) for one in found) for name in MOST}
    return [
        Row(f"cold /login on slow 4G: {NAMES[name]}", _spread(values[name]), "simulated", most=most)
        for name, most in MOST.items()
    ]


def _spread(values: list[float]) -> Ratio:
    return Ratio(values[len(values) // 2], values[0], values[-1])
