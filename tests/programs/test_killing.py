"""The short form of `make kill`."""

from pathlib import Path

import pytest

from tests.kit.databases import databases
from tests.programs.killing import ACTS_OF_ALL

ROUNDS = {"write": 2, "wait": 1}


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
@pytest.mark.parametrize("act", ACTS_OF_ALL)
async def test_a_process_that_is_killed_loses_nothing_it_has_acknowledged(
    tmp_path: Path, database: str, act: str
) -> None:
    databases.kind = database
    try:
        outcome = await ACTS_OF_ALL[act](ROUNDS[act], {"DATA_DIR": str(tmp_path), **databases.environ(tmp_path)})
    finally:
        databases.drop()
    assert outcome.acknowledged > 20
    assert outcome.lost == []
