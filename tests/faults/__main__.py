"""Lets the world around the started programs break, and prints what was tried, how often, and what held.

`python -m tests.faults`: everything, everywhere, in about a quarter of an hour on two cores; `--short`: a piece of it;
a word: only the faults whose names have it.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from unittest import SkipTest

from tests.attack.places import BOTH, EMBEDDED, SPLIT, Place, make_database
from tests.faults import (
    clients,
    clocks,
    codes,
    collisions,
    databases,
    leaving,
    letters,
    lines,
    mail,
    mail_servers,
    mailed_links,
    processes,
    secret_keys,
    sms,
)
from tests.faults.ways_to_break import OF_HTTP
from tests.faults.world import Breakable, breakable
from tests.kit.table import Table

Act = Callable[[Breakable], Coroutine[Any, Any, int]]
IN_SHORT = ("a reset", "garbage", "HTML that says no")


@dataclass(frozen=True)
class Fault:
    """`acts` takes the world and says how often it tried something."""

    name: str
    acts: Act
    places: tuple[Place, ...] = BOTH
    in_short: bool = True

    def is_wanted(self, place: Place, word: str, *, short: bool) -> bool:
        """In short it happens in one place."""
        places = self.places[: self.in_short] if short else self.places
        return place in places and word in self.name


@dataclass(frozen=True)
class Scene:
    """Faults that happen to the same programs, one after the other."""

    faults: tuple[Fault, ...]
    mailed: bool = False
    settings: dict[str, str] = field(default_factory=dict)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a piece of it, each in one place")
    parser.add_argument("word", nargs="?", default="", help="only faults whose names have it")
    wanted = parser.parse_args()
    table = Table(("fault", "where", "tried", "outcome"))
    for place in BOTH:
        for scene in SCENES:
            faults = [fault for fault in scene.faults if fault.is_wanted(place, wanted.word, short=wanted.short)]
            if faults:
                play(table, place, scene, faults)
    return table.ends()


def play(table: Table, place: Place, scene: Scene, faults: list[Fault]) -> None:
    """A world that does not even start, or does not end in good order, is a row of its own."""
    try:
        with start_programs(place, scene) as world:
            for fault in faults:
                with table.row(fault.name, place.name) as row:
                    try:
                        row.tried = asyncio.run(fault.acts(world))
                    except SkipTest as reason:
                        row.outcome = "skipped"
                        print(reason)
    except Exception as failure:
        with table.row("start and stop", place.name):
            raise failure from None


@contextmanager
def start_programs(place: Place, scene: Scene) -> Iterator[Breakable]:
    with (
        tempfile.TemporaryDirectory() as folder,
        make_database(place) as url,
        breakable(Path(folder), split=place.split, database=url, mailed=scene.mailed, **scene.settings) as world,
    ):
        yield world


def at_the_backend(name: str) -> tuple[Fault, ...]:
    anything = partial(lines.instead_of_any_answer, name=name)
    a_write = partial(lines.instead_of_an_answer_to_a_write, name=name)
    return (
        Fault(f"backend: {name}", anything, (SPLIT,), in_short=name in IN_SHORT),
        Fault(f"backend, to a write: {name}", a_write, (SPLIT,), in_short=name == "half an answer"),
    )


def at_the_mail_server(name: str) -> Fault:
    return Fault(f"mail server: {name}", partial(mail.line_breaks, name=name), in_short=False)


def a_refused_mail(answer: str) -> Fault:
    return Fault(f"mail server: {answer}", partial(mail.mails_are_refused, answer=answer), in_short=False)


def at_the_database(name: str) -> Fault:
    return Fault(f"database: {name}", partial(databases.line_breaks, name=name), (SPLIT,), in_short=False)


SCENES = (
    Scene(
        (
            Fault("backend: nobody listens", lines.nobody_behind, (SPLIT,)),
            *(fault for name in OF_HTTP for fault in at_the_backend(name)),
        )
    ),
    Scene(
        (
            Fault("mail server: nobody listens", mail.nobody_listens, in_short=False),
            Fault("mail server: nobody listens, each kind of letter", letters.each_kind_arrives_once),
            *(at_the_mail_server(name) for name in mail.WAYS),
            *(a_refused_mail(answer) for answer in ("451 Try again later", "554 No such thing here")),
            Fault("mail server: no answer to the final dot", mail_servers.never_answers),
            Fault("mail server: every answer late", mail_servers.greets_late, (EMBEDDED,), in_short=False),
            Fault("mail server: Postfix as it is installed", mail_servers.as_it_is_installed),
            Fault("mail server: Postfix, encrypted or not", mail_servers.encrypt, (EMBEDDED,), in_short=False),
            Fault("mail server: Postfix, a filter of 20 s", mail_servers.takes_its_time, in_short=False),
            Fault("mail server: Postfix, a refused recipient", mail_servers.refuses_one, (EMBEDDED,), in_short=False),
            Fault("mail server: Postfix, greylisting", mail_servers.greylists, (EMBEDDED,), in_short=False),
        ),
        mailed=True,
        settings={"EMAIL_CONFIRMATION": "on"},
    ),
    Scene((Fault("SMS service: nobody listens, then too fast", sms.service_away_and_busy, (SPLIT,)),)),
    Scene(
        (
            Fault("the same link in two browsers", mailed_links.the_same_link_in_two_browsers),
            Fault("a code and its link at once", mailed_links.a_code_and_its_link_at_once),
        ),
        settings={"EMAIL_CONFIRMATION": "on"},
    ),
    Scene(
        (
            Fault("database: locked", databases.lock, (EMBEDDED,)),
            Fault("database: the disk is full", databases.full_disk, (EMBEDDED,), in_short=False),
            Fault("database: the file is damaged", databases.damage_file, (EMBEDDED,), in_short=False),
            Fault("database: nobody listens", databases.away, (SPLIT,)),
            *(at_the_database(name) for name in databases.OF_POSTGRES),
            Fault("database: connections ended", databases.end_connections, (SPLIT,), in_short=False),
            Fault("database: the server restarted", databases.restart, (SPLIT,), in_short=False),
            Fault("database: another server after a failover", databases.failover, (SPLIT,)),
            Fault("database: a pooler in transaction mode", databases.pool, (SPLIT,)),
            Fault("database: away in an export", leaving.database_goes_away_in_an_export, (SPLIT,), in_short=False),
            Fault("killed in an export", leaving.killed_in_an_export, (SPLIT,), in_short=False),
        )
    ),
    Scene(
        (
            Fault("database: away while a code is typed", codes.database_away),
            Fault("killed while a code is typed", codes.killed_while_it_is_typed, in_short=False),
            Fault("killed while a code confirms an address", codes.killed_while_it_confirms, in_short=False),
        ),
        settings={"EMAIL_CONFIRMATION": "on"},
    ),
    Scene(
        (
            Fault("killed while people write", processes.kill, in_short=False),
            Fault("killed while an account is deleted", leaving.killed_while_it_deletes, in_short=False),
            Fault("restarted while people write", processes.restart, in_short=False),
            Fault("frozen while people write", processes.frozen, in_short=False),
            Fault("clock: an hour off, in one program", clocks.between_programs, (SPLIT,), in_short=False),
            Fault("clock: an hour off, from start to start", clocks.between_starts, in_short=False),
            Fault("secret: rotated", secret_keys.rotate, in_short=False),
            Fault("secret: lost", secret_keys.lose),
            Fault("two tabs", collisions.two_tabs),
            Fault("two devices", collisions.two_devices),
            Fault("the same form ten times at once", collisions.the_same_form_ten_times),
            Fault("client: gone in the middle", clients.gone_in_the_middle),
            Fault("client: its line breaks", clients.line_breaks, in_short=False),
            Fault("client: slow but honest", clients.slow_but_honest, in_short=False),
            Fault("client: a form that never ends", clients.never_ending, in_short=False),
        )
    ),
)

if __name__ == "__main__":
    sys.exit(main())
