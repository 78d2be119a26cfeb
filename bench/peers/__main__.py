"""`python -m bench.peers [--quick]`: sites like ours at the same work, in one run, as a table in Markdown."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from bench import get_wrk
from bench.peers.checks import require_acts
from bench.peers.first_visit import FirstVisit, visit
from bench.peers.sites import ACTS, LOG_IN, LOGIN_PAGE, Site, new_sites
from bench.peers.table import Measured, Round, table
from bench.programs import Program
from bench.turns import FULL, QUICK, Effort, measure_in_turns
from tests.kit.load import CONNECTIONS, Request, load, require_success

HASHING = 2  # connections that log in: as many as there are cores


def main() -> int:
    parser = argparse.ArgumentParser("python -m bench.peers")
    parser.add_argument("--quick", action="store_true", help="in less than two minutes, and less exact")
    effort = QUICK if parser.parse_args().quick else FULL
    if get_wrk.main():
        return 1
    with tempfile.TemporaryDirectory(prefix="peers-") as folder:
        print(table(measure(effort, new_sites(Path(folder)))))
    return 0


def measure(effort: Effort, sites: Sequence[Site]) -> list[Measured]:
    """Measure all of them, running side by side, and then how long each takes to start."""
    with ExitStack() as stack:
        programs = {site.name: stack.enter_context(site.start()) for site in sites}
        visits = {site.name: _visit(site, programs[site.name]) for site in sites if site.has_accounts}
        rounds = _rounds(effort, sites, programs)
        memory = {name: program.memory for name, program in programs.items()}
    starts = measure_in_turns({site.name: _starting(site) for site in sites}, effort.rounds)
    return [
        Measured(name, rounds[name], memory[name], starts[name], visits.get(name))
        for name in (site.name for site in sites)
    ]


def _visit(site: Site, program: Program) -> FirstVisit:
    acts = site.acts(program.url)
    require_acts(program.url, acts)
    return visit(program.url, acts[LOGIN_PAGE][0])


def _rounds(
    effort: Effort, sites: Sequence[Site], programs: Mapping[str, Program]
) -> dict[str, dict[str, list[Round]]]:
    """Ask all for each act in turn, and return what was found by site and act. A first second does not count."""
    found: dict[str, dict[str, list[Round]]] = {site.name: {} for site in sites}
    for act in ACTS:
        asked = {site.name: acts[act] for site in sites if act in (acts := site.acts(programs[site.name].url))}
        for name, requests in asked.items():
            _asking(programs[name], act, requests, 1)()
        measures = {name: _asking(programs[name], act, requests, effort.seconds) for name, requests in asked.items()}
        for name, rounds in measure_in_turns(measures, effort.rounds).items():
            found[name][act] = rounds
    return found


def _asking(program: Program, act: str, asked: Sequence[Request], seconds: int) -> Callable[[], Round]:
    connections = HASHING if act == LOG_IN else CONNECTIONS

    def ask() -> Round:
        before = program.cpu
        found = require_success(load(program.url, asked, seconds, connections=connections), f"{act} at {program.url}")
        return Round(found.rate, (program.cpu - before) * 1000 / found.requests)

    return ask


def _starting(site: Site) -> Callable[[], float]:
    def start() -> float:
        with site.start() as program:
            return program.took

    return start


if __name__ == "__main__":
    sys.exit(main())
