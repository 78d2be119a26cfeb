"""The table, as it stands in README."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from bench.peers.first_visit import FirstVisit
from bench.peers.sites import ACTS
from bench.turns import Ratio, median

HEADINGS = ("", *ACTS, "memory", "cold start", "first visit of the log-in page")


@dataclass(frozen=True)
class Round:
    """One act, asked for a while. `rate`: a second; `cpu`: milliseconds of processor for one, which no neighbour on the
    machine can take away."""

    rate: float
    cpu: float


@dataclass(frozen=True)
class Measured:
    """`rounds` of each act; `memory`: resident MB; `starts`: seconds."""

    name: str
    rounds: Mapping[str, Sequence[Round]]
    memory: float
    starts: Sequence[float]
    first_visit: FirstVisit | None


def table(all_: Sequence[Measured]) -> str:
    """Write the table in Markdown: each beside the first."""
    rule = f"|{'---|' * len(HEADINGS)}"
    return "\n".join([_line(HEADINGS), rule, *(_line(_cells(one, all_[0])) for one in all_)])


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |".replace("|  |", "| |")


def _cells(one: Measured, first: Measured) -> Iterator[str]:
    yield one.name
    for act in ACTS:
        yield _act(one.rounds[act], first.rounds[act]) if act in one.rounds else "–"
    yield f"{one.memory:.0f} MB"
    yield f"{median(one.starts):.2f} s"
    visit = one.first_visit
    yield f"{visit.bytes_ / 1000:.1f} kB, {visit.requests} request{'s'[: visit.requests - 1]}" if visit else "–"


def _act(rounds: Sequence[Round], first: Sequence[Round]) -> str:
    rates, cpu = [one.rate for one in rounds], [one.cpu for one in rounds]
    beside = "" if rounds is first else f" ({Ratio.of(rates, [one.rate for one in first]).median:.2g})"
    return f"{median(rates):,.0f}{beside}; {median(cpu):.2g} ms"
