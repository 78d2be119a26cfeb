"""Measuring in turns: what is compared alternates, so that other load on the machine affects all of it alike."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Effort:
    """How many rounds are measured, and for how many seconds each."""

    rounds: int
    seconds: int

    @property
    def is_quick(self) -> bool:
        return self.seconds < QUICK_BELOW


QUICK_BELOW = 3
QUICK = Effort(rounds=3, seconds=1)
FULL = Effort(rounds=5, seconds=4)


@dataclass(frozen=True)
class Ratio:
    """The median of the rounds, and the smallest and the largest."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, measured: Sequence[float], reference: Sequence[float]) -> Ratio:
        ratios = [one / other for one, other in zip(measured, reference, strict=True)]
        return cls(statistics.median(ratios), min(ratios), max(ratios))


def measure_in_turns(measures: Mapping[str, Callable[[], T]], rounds: int) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {name: [] for name in measures}
    for _ in range(rounds):
        for name, measure in measures.items():
            found[name].append(measure())
    return found


def median(values: Sequence[float]) -> float:
    return statistics.median(values)
