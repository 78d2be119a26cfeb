"""Whether the site stays as quick when there are more people, and more sessions of one person."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

from bench.programs import Program, run_program
from bench.report import Row
from bench.turns import Effort, Ratio, measure_in_turns, median
from tests.kit.filled_databases import login_of, new_sqlite, profile_of, site_environ
from tests.kit.load import Request, load, require_success

MANY = (1_000, 100_000, 1_000_000)
SESSIONS = (1, 10, 50, 100, 1_000)
ASKING = 1000  # people spread over all
LOGGING_IN = 2  # at once: as many as there are cores


def measure(effort: Effort, folder: Path) -> list[Row]:
    return [*_by_people(effort, folder), *_by_sessions(effort, folder)]


def _by_people(effort: Effort, folder: Path) -> list[Row]:
    many = MANY[:2] if effort.is_quick else MANY
    rows: list[Row] = []
    with ExitStack() as stack:
        sites = {count: stack.enter_context(_site(folder, count)) for count in many}
        for what, asked_by in (("GET /profile", profile_of), ("log-in", login_of)):
            measures = {str(count): Asking(site, asked_by(_spread(count))) for count, site in sites.items()}
            rows += _compare(what, "people", measures, effort, least={str(count): 0.85 for count in many[1:]})
        for count in many:
            print(f"{count:,} people: {_bytes_each(folder, count):,.0f} bytes each in the database")
    return rows


def _by_sessions(effort: Effort, folder: Path) -> list[Row]:
    file = new_sqlite(folder / "sessions.sqlite", ASKING, dict(enumerate(SESSIONS)))
    with run_program("web", site_environ(folder, DATABASE_URL=file), folder) as site:
        measures = {str(count): Asking(site, profile_of([person])) for person, count in enumerate(SESSIONS)}
        return _compare("GET /profile", "sessions", measures, effort, least={"1000": 0.85}, of={"1000": "50"})


class Asking:
    """Asks a site for a while; how many answers a second."""

    def __init__(self, site: Program, asked: Sequence[Request]) -> None:
        self.site = site
        self.asked = asked
        self.connections = LOGGING_IN if asked[0].method == "POST" else 32

    def rate(self, seconds: int) -> float:
        return require_success(load(self.site.url, self.asked, seconds, connections=self.connections), "growth").rate


def _compare(
    what: str,
    things: str,
    measures: dict[str, Asking],
    effort: Effort,
    *,
    least: dict[str, float],
    of: dict[str, str] | None = None,
) -> list[Row]:
    """Each count beside the smallest one, or the one that `of` names."""
    for one in measures.values():
        one.rate(1)
    found = measure_in_turns(
        {name: _measure_for(one, effort) for name, one in measures.items()}, 2 if effort.is_quick else effort.rounds
    )
    smallest = next(iter(measures))
    rows = []
    for name in list(measures)[1:]:
        beside_of = (of or {}).get(name, smallest)
        ratio = Ratio.of(found[name], found[beside_of])
        beside = {"a second": median(found[name]), f"with {int(beside_of):,}": median(found[beside_of])}
        label = f"{what} with {int(name):,} {things}"
        rows.append(Row(label, ratio, f"{int(beside_of):,} {things}", least=least.get(name), beside=beside))
    return rows


def _measure_for(one: Asking, effort: Effort) -> Callable[[], float]:
    return lambda: one.rate(max(1, effort.seconds // 2))


def _site(folder: Path, people: int) -> AbstractContextManager[Program]:
    return run_program("web", site_environ(folder, DATABASE_URL=new_sqlite(_file(folder, people), people)), folder)


def _file(folder: Path, people: int) -> Path:
    return folder / f"{people}.sqlite"


def _bytes_each(folder: Path, people: int) -> float:
    return _file(folder, people).stat().st_size / people


def _spread(count: int) -> list[int]:
    return list(range(0, count, count // ASKING))
