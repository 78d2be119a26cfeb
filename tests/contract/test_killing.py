"""The short form of `make kill`."""

from pathlib import Path

from tests.contract.databases import databases
from tests.killing import kill_again_and_again


async def test_a_process_that_is_killed_loses_nothing_it_has_acknowledged(tmp_path: Path) -> None:
    outcome = await kill_again_and_again(2, {"DATA_DIR": str(tmp_path), **databases.environ(tmp_path)})
    assert outcome.acknowledged > 20
    assert outcome.lost == []
