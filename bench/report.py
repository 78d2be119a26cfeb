"""The table that is printed, and the file beside it."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench.turns import Ratio

FILE = Path("var/bench.json")


@dataclass(frozen=True)
class Row:
    """One figure. `target`: at least or at most so much, None where it is only stated; `beside`: absolute values,
    judged by nobody."""

    what: str
    ratio: Ratio
    of: str
    least: float | None = None
    most: float | None = None
    beside: Mapping[str, float] = field(default_factory=dict)

    @property
    def is_reached(self) -> bool | None:
        if self.least is None and self.most is None:
            return None
        return (self.least is None or self.ratio.median >= self.least) and (
            self.most is None or self.ratio.median <= self.most
        )

    def line(self) -> str:
        spread = f"{_figure(self.ratio.low)} to {_figure(self.ratio.high)}"
        wanted = (
            f">= {self.least:g}" if self.least is not None else f"<= {self.most:g}" if self.most is not None else ""
        )
        verdict = {True: "reached", False: "MISSED", None: "stated"}[self.is_reached]
        beside = ", ".join(f"{name} {_figure(value)}" for name, value in self.beside.items())
        figures = f"{_figure(self.ratio.median):>8}  {spread:<16}{self.of:<21}{wanted:<9}{verdict:<9}"
        return f"{self.what:<50}{figures}{beside}"


HEADING = f"{'what':<50}{'median':>8}  {'spread':<16}{'of':<21}{'target':<9}{'':<9}beside it"


def show(rows: list[Row]) -> None:
    print(f"\n{HEADING}")
    for row in rows:
        print(row.line())
    missed = [row for row in rows if row.is_reached is False]
    judged = [row for row in rows if row.is_reached is not None]
    print(f"\n{len(judged) - len(missed)} of {len(judged)} targets reached")


def write(rows: list[Row], *, quick: bool) -> None:
    FILE.parent.mkdir(exist_ok=True)
    machine = {"cores": os.cpu_count(), "load": os.getloadavg(), "python": platform.python_version()}
    found = [{**asdict(row), "reached": row.is_reached} for row in rows]
    FILE.write_text(json.dumps({"quick": quick, "machine": machine, "rows": found}, indent=1) + "\n")


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.3g}"
