"""On which database a test's backends run: on SQLite; on both where the test or its file is marked `both_databases`,
for what depends on SQL or on what happens at the same time; on one alone where it is marked `only_on`. In a file
for both a test is marked `one_database` if it is about what is refused, or known, without one."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import URL

from tests.kit.postgres import address, server

KINDS = ("sqlite", "postgres")


def choose_databases(metafunc: pytest.Metafunc) -> tuple[str, ...]:
    """Return the databases for a test, by its marks and by --all-databases."""
    find = metafunc.definition.get_closest_marker
    if mark := find("only_on"):
        return mark.args
    wants_both = find("both_databases") and not find("one_database")
    return KINDS if wants_both or metafunc.config.getoption("--all-databases") else KINDS[:1]


@dataclass
class Databases:
    """Backends with the same folder share a database, as they would share a file."""

    kind: str = "sqlite"
    made: dict[Path, URL] = field(default_factory=dict)

    def environ(self, folder: Path) -> dict[str, str]:
        if self.kind == "sqlite":
            return {}
        if folder not in self.made:
            self.made[folder] = server().lend()
        return {"DATABASE_URL": address(self.made[folder])}

    def drop(self) -> None:
        while self.made:
            server().take_back(self.made.popitem()[1])
        self.kind = "sqlite"


databases = Databases()
