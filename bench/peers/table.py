"""The table, as it stands in README."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.peers.first_visit import FirstVisit
from bench.peers.sites import ACTS
from bench.turns import Ratio, median

HEADINGS = ("", *ACTS, "memory", "cold start", "first visit of the log-in page")


@dataclass(frozen=True)
class Measured:
    """`rates`: requests a second of each act, a figure a round; `memory`: resident MB; `starts`: seconds."""

    name: str
    rates: Mapping[str, Sequence[float]]
    memory: float
    starts: Sequence[float]
    first_visit: FirstVisit | None


def table(all_: Sequence[Measured]) -> str:
    """Write the table in Markdown: each beside the first."""
    rows = [HEADINGS, ["---"] * len(HEADINGS), *([*_cells(one, all_[0])] for one in all_)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _cells(one: Measured, first: Measured) -> Iterator[str]:
    yield one.name
    for act in ACTS:
        yield _rate(one.rates[act], first.rates[act], is_first=one is first) if act in one.rates else "–"
    yield f"{one.memory:.0f} MB"
    yield f"{median(one.starts):.2f} s"
    visit = one.first_visit
    yield f"{visit.bytes_ / 1000:.1f} kB, {visit.requests} request{'s'[: visit.requests - 1]}" if visit else "–"


def _rate(rates: Sequence[float], first: Sequence[float], *, is_first: bool) -> str:
    return f"{median(rates):,.0f}" if is_first else f"{median(rates):,.0f} ({Ratio.of(rates, first).median:.2g})"
