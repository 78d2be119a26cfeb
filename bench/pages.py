"""How fast pages are, beside what could be reached at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from bench.programs import Program, run_program
from bench.report import Row
from bench.turns import Effort, Ratio, measure_in_turns, median
from tests.kit.filled_databases import BROWSER, fill, new_sqlite, profile_of, site_environ
from tests.kit.load import Load, Request, load, require_success
from tests.kit.postgres import address, server

LOGIN = Request("/login", headers=BROWSER)
PEOPLE = 1000
ASKING = range(100)  # of them, each in turn
ASKING_WITH_THREE = range(100, 200)  # who have three sessions
SESSIONS = dict.fromkeys(ASKING_WITH_THREE, 3)


@dataclass(frozen=True)
class Target:
    """`programs`: those that work for an answer."""

    programs: tuple[Program, ...]
    asked: Request | list[Request]


@dataclass(frozen=True)
class Measurement:
    load: Load
    cpu: float  # microseconds of all the programs for one answer


def measure(effort: Effort, folder: Path) -> list[Row]:
    with run_targets(folder) as all_:
        for name, one in all_.items():
            _measure_once(name, one, 1)  # warm, and shown to answer
        found = measure_in_turns(
            {name: _measure_later(name, one, effort.seconds) for name, one in all_.items()}, effort.rounds
        )
    ceiling = median([one.load.requests / one.load.own_cpu for one in found["bare"]])
    print(f"wrk itself could ask {ceiling:,.0f} times a second")
    beside_login = _beside(found, "login", judged_by="plain")
    return [
        Row("bare ASGI hello (a)", _ratio(found, "bare", "bare"), "(a)", beside=_beside(found, "bare", ceiling)),
        Row("Starlette's plain-text route (b)", _ratio(found, "plain", "bare"), "(a)", beside=_beside(found, "plain")),
        Row("profile page from memory (c)", _ratio(found, "page", "plain"), "(b)", beside=_beside(found, "page")),
        Row("GET /login", _ratio(found, "login", "plain"), "(b)", least=0.30, beside=beside_login),
        _profile(found, "embedded", 0.35),
        Row("    and of Starlette's route", _ratio(found, "embedded", "plain"), "(b)", least=0.07),
        _profile(found, "three sessions", 0.60, reference="page of three"),
        Row("    and of Starlette's route", _ratio(found, "three sessions", "plain"), "(b)", least=0.05),
        _profile(found, "over TCP", 0.35),
        *([_profile(found, "PostgreSQL", 0.25)] if "PostgreSQL" in found else []),
    ]


@contextmanager
def run_targets(folder: Path) -> Iterator[Mapping[str, Target]]:
    """Run the references, and the site in its three arrangements, each with a thousand people."""
    with ExitStack() as stack:
        references = stack.enter_context(run_program("bench.references", {}, folder))
        file = new_sqlite(folder / "pages.sqlite", PEOPLE, SESSIONS)
        embedded = stack.enter_context(run_program("web", site_environ(folder, DATABASE_URL=file), folder))
        backend_environ = site_environ(folder, DATABASE_URL=file, TRUSTED_PROXIES="127.0.0.1", LINK_BUTTON="off")
        backend = stack.enter_context(run_program("backend", backend_environ, folder))
        site = stack.enter_context(run_program("web", site_environ(folder, ALTOGIC_ENV_URL=backend.url), folder))
        profile = profile_of(ASKING)
        all_ = {
            "bare": Target((references,), Request("/bare")),
            "plain": Target((references,), Request("/plain")),
            "page": Target((references,), Request("/page")),
            "page of three": Target((references,), Request("/page-of-three")),
            "login": Target((embedded,), LOGIN),
            "embedded": Target((embedded,), profile),
            "three sessions": Target((embedded,), profile_of(ASKING_WITH_THREE)),
            "over TCP": Target((site, backend), profile),
        }
        database = _postgres()
        if database:
            environ = site_environ(folder, DATABASE_URL=database)
            all_["PostgreSQL"] = Target((stack.enter_context(run_program("web", environ, folder)),), profile)
        yield all_


def _postgres() -> str:
    """Return the DATABASE_URL of a database on the tests' own server, or "" where there is no server."""
    try:
        url = server().lend()
    except pytest.skip.Exception:
        print("No PostgreSQL is installed: its row is left out")
        return ""
    engine = create_engine(url.set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        fill(connection, PEOPLE)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()
    return address(url)


def _measure_later(name: str, one: Target, seconds: int) -> Callable[[], Measurement]:
    return lambda: _measure_once(name, one, seconds)


def _measure_once(name: str, one: Target, seconds: int) -> Measurement:
    before = sum(program.cpu for program in one.programs)
    found = require_success(load(one.programs[0].url, one.asked, seconds), name)
    spent = sum(program.cpu for program in one.programs) - before
    return Measurement(found, spent * 1e6 / found.requests)


def _profile(found: Mapping[str, list[Measurement]], name: str, least: float, reference: str = "page") -> Row:
    beside = _beside(found, name, judged_by=reference)
    return Row(f"GET /profile, {name}", _ratio(found, name, reference), "(c)", least=least, beside=beside)


def _ratio(found: Mapping[str, list[Measurement]], name: str, reference: str) -> Ratio:
    return Ratio.of([one.load.rate for one in found[name]], [one.load.rate for one in found[reference]])


def _beside(
    found: Mapping[str, list[Measurement]], name: str, ceiling: float = 0, judged_by: str = ""
) -> dict[str, float]:
    """`by processor`: the ratio again, of processor time for an answer, which no neighbour can take away."""
    values = {
        "a second": median([one.load.rate for one in found[name]]),
        "us of processor": median([one.cpu for one in found[name]]),
    }
    if judged_by:
        values["by processor"] = median(
            [other.cpu / one.cpu for one, other in zip(found[name], found[judged_by], strict=True)]
        )
    return values | ({"ceiling of wrk": ceiling} if ceiling else {})
