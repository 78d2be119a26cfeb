"""What was tried, where, how often, and what held: printed row by row, so that a long run shows how far it is."""

from __future__ import annotations

import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class Row:
    """`outcome` stands in the last column; who tries counts `tried` up."""

    what: str
    where: str
    tried: int = 0
    outcome: str = "held"
    failure: BaseException | None = None


@dataclass
class Table:
    heading: tuple[str, str, str, str]
    rows: list[Row] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self._print(*self.heading, "seconds")

    @contextmanager
    def row(self, what: str, where: str) -> Iterator[Row]:
        """A failure is kept for the end, and the next row is tried all the same."""
        row, began = Row(what, where), time.monotonic()
        try:
            yield row
        except Exception as failure:
            row.outcome, row.failure = "FAILED", failure
        self.rows.append(row)
        self._print(row.what, row.where, f"{row.tried:,}", row.outcome, f"{time.monotonic() - began:.1f}")

    def ends(self) -> int:
        """Prints what failed and why. The exit code of the program."""
        failed = [row for row in self.rows if row.failure]
        tried = sum(row.tried for row in self.rows)
        print(f"\n{len(self.rows) - len(failed)} of {len(self.rows)} held, {tried:,} tried, ", end="")
        print(f"{time.monotonic() - self.began:.0f} seconds")
        for row in failed:
            print(f"\n{row.what} ({row.where})\n{type(row.failure).__name__}: {row.failure}", file=sys.stderr)
            print(*(f"  {step}" for step in _steps(row.failure)), sep="\n", file=sys.stderr)
        return 1 if failed or not self.rows else 0

    def _print(self, what: str, where: str, tried: str, outcome: str, seconds: str) -> None:
        print(f"{what:<58}{where:<22}{tried:>8}  {outcome:<8}{seconds:>8}", flush=True)


def _steps(failure: BaseException | None) -> list[str]:
    """Where it happened, in the tests themselves."""
    frames = traceback.extract_tb(failure.__traceback__ if failure else None)
    return [f"{frame.filename}:{frame.lineno}  {frame.line}" for frame in frames if "/tests/" in frame.filename]
