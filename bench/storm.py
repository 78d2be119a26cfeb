"""Whether pages stay quick at half of what the site can do, and while very many log in at once."""

from __future__ import annotations

import threading
import time
from pathlib import Path

from bench.pages import LOGIN
from bench.programs import Program, run_program
from bench.report import Row
from bench.turns import Effort, Ratio, measure_in_turns, median
from tests.kit.filled_databases import login_of, new_sqlite, profile_of, site_environ
from tests.kit.load import Load, Request, load, require_success

PLAIN = Request("/plain")
PEOPLE = 1000
ASKING = range(100)
LOG_INS = 200
AT_ONCE = 64  # connections that pause, so that together they ask at half the highest rate
LOG_INS_TAKE = 6  # seconds, about


def measure(effort: Effort, folder: Path) -> list[Row]:
    environ = site_environ(folder, DATABASE_URL=new_sqlite(folder / "storm.sqlite", PEOPLE))
    with run_program("web", environ, folder) as site:
        return [_calm_row(site, effort, folder), *_stormy_rows(site, effort)]


def _calm_row(site: Program, effort: Effort, folder: Path) -> Row:
    """Beside it the same of Starlette's route: what the machine and its neighbours make of a process that does next to
    nothing."""
    seconds = effort.seconds
    with run_program("bench.references", {}, folder) as references:
        measures = {"site": lambda: _at_half(site, LOGIN, seconds), "(b)": lambda: _at_half(references, PLAIN, seconds)}
        load(site.url, LOGIN, 1)
        found = measure_in_turns(measures, effort.rounds)
    calm = found["site"]
    beside = {
        "that of (b)": median([one.p99 / one.median for one in found["(b)"]]),
        "ms median": median([one.median for one in calm]),
        "ms p99": median([one.p99 for one in calm]),
        "a second": median([one.rate for one in calm]),
    }
    ratio = Ratio.of([one.p99 for one in calm], [one.median for one in calm])
    return Row("p99 of GET /login at half its highest rate", ratio, "its median", most=4, beside=beside)


def _stormy_rows(site: Program, effort: Effort) -> list[Row]:
    profile, rounds = profile_of(ASKING), 1 if effort.is_quick else 3
    pause = _pause(site, profile, 2)
    load(site.url, profile, 2)  # what the pages need is in memory before the log-ins are counted
    calm, stormy, added = list[Load](), list[Load](), list[float]()
    for turn in range(rounds):
        calm.append(_load_with_pauses(site, profile, LOG_INS_TAKE, pause))
        before = site.memory
        site.forget_peak()
        stormy.append(_with_log_ins(site, profile, pause, first=turn * LOG_INS))
        added.append(site.memory_peak - before)
    resident = site.memory
    beside = {"ms calm": median([one.p99 for one in calm]), "ms stormy": median([one.p99 for one in stormy])}
    ratio = Ratio.of([one.p99 for one in stormy], [one.p99 for one in calm])
    return [
        Row(f"p99 of GET /profile while {LOG_INS} log in", ratio, "without them", most=4, beside=beside),
        Row("memory added by it", Ratio(median(added), min(added), max(added)), "MB", most=60),
        Row("memory after it", Ratio(resident, resident, resident), "MB resident", most=80),
    ]


def _with_log_ins(site: Program, profile: list[Request], pause: float, *, first: int) -> Load:
    """All at once; the pages are counted from just before until most are through."""
    people = range(first, first + LOG_INS)
    done: list[Load] = []

    def log_in() -> None:
        seconds = LOG_INS_TAKE * 2
        done.append(load(site.url, login_of(people), seconds, connections=LOG_INS, once=True))

    storm = threading.Thread(target=log_in)
    storm.start()
    time.sleep(0.2)
    found = _load_with_pauses(site, profile, LOG_INS_TAKE, pause)
    storm.join()
    if not done or done[0].requests != LOG_INS:
        raise RuntimeError(f"not all of the log-ins were answered: {done}")
    if done[0].failures:
        print(f"{done[0].failures} of {LOG_INS} log-ins were told to come again: too busy to hash in time")
    return found


def _at_half(site: Program, asked: Request | list[Request], seconds: int) -> Load:
    return _load_with_pauses(site, asked, seconds, _pause(site, asked, seconds))


def _pause(site: Program, asked: Request | list[Request], seconds: int) -> float:
    """Milliseconds between a connection's requests that make half the highest rate."""
    highest = require_success(load(site.url, asked, seconds), "the highest rate").rate
    return 1000 * AT_ONCE / (highest / 2)


def _load_with_pauses(site: Program, asked: Request | list[Request], seconds: int, pause: float) -> Load:
    return require_success(load(site.url, asked, seconds, connections=AT_ONCE, pause=pause), "half the highest rate")
