"""The short form of `make kill`."""

from pathlib import Path

import pytest

from tests.kit.databases import databases
from tests.programs.killing import kill_again_and_again


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
async def test_a_process_that_is_killed_loses_nothing_it_has_acknowledged(tmp_path: Path, database: str) -> None:
    databases.kind = database
    try:
        outcome = await kill_again_and_again(2, {"DATA_DIR": str(tmp_path), **databases.environ(tmp_path)})
    finally:
        databases.drop()
    assert outcome.acknowledged > 20
    assert outcome.lost == []
