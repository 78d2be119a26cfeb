"""Attacks the started programs from outside, and prints what was tried, how often, and what held.

`python -m tests.attack`: everything, everywhere, in half an hour on two cores; `--short`: a piece of each, in one
place; a word: only the attacks whose names have it.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tests.attack.attacks import ATTACKS, Attack
from tests.attack.places import Place, make_database
from tests.attack.programs import world
from tests.attack.world import World
from tests.kit.lying_provider import LyingProvider, name_path
from tests.kit.providers import name_settings
from tests.kit.stand_ins import serve_stand_in
from tests.kit.table import Table


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.attack", description=__doc__)
    parser.add_argument("--short", action="store_true", help="a piece of each, in one place")
    parser.add_argument("word", nargs="?", default="", help="only attacks whose names have it")
    wanted = parser.parse_args()
    table = Table(("attack", "where", "tried", "outcome"))
    for attack in ATTACKS:
        if wanted.word in attack.name:
            for place in attack.places[:1] if wanted.short else attack.places:
                with table.row(attack.name, place.name) as row, start_programs(attack, place) as attacked:
                    times = attack.times_in_short if wanted.short else attack.times
                    attacked.site.samples = 40 if wanted.short else 200
                    row.tried = asyncio.run(attack.acts(attacked, times))
    return table.ends()


@contextmanager
def start_programs(attack: Attack, place: Place) -> Iterator[World]:
    """Programs of the attack's own, with nothing in their database."""
    factor, confirmation = attack.limit_factor, attack.confirmation
    settings = {"LIMIT_FACTOR": factor, "EMAIL_CONFIRMATION": confirmation, "PHONE_SIGN_UP": "on"}
    with (
        serve_provider(attack) as (provider, offered),
        tempfile.TemporaryDirectory() as folder,
        make_database(place) as url,
        world(Path(folder), split=place.split, database=url, **settings, **offered) as attacked,
    ):
        yield replace(attacked, provider=provider)


@contextmanager
def serve_provider(attack: Attack) -> Iterator[tuple[LyingProvider | None, dict[str, str]]]:
    """A provider, and the settings that offer it twice: it vouches for addresses, or does not."""
    if not attack.has_provider:
        yield None, {}
        return
    provider = LyingProvider(lambda: datetime.now(UTC))
    with serve_stand_in(provider.make_app()) as provider.url:
        names = {"P0": "plain", "P1": name_path("not verified")}
        settings = [name_settings(name, f"{provider.url}/{path}") for name, path in names.items()]
        yield provider, {key: value for each in settings for key, value in each.items()}


if __name__ == "__main__":
    sys.exit(main())
