"""On which database a test's backends run."""

from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import URL

from tests.kit.postgres import address, server


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
