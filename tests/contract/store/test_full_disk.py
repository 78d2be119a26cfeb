"""A disk without room: what needs it is refused and said, the rest goes on, and nothing needs a restart."""

import resource
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from backend.operations.checking import check
from backend.settings import Settings
from backend.store import StoreError
from tests.kit.backend import Backend, run_backend
from tests.kit.contract import Answer
from tests.kit.spoiled_databases import Disk, mounts

pytestmark = pytest.mark.only_on("sqlite")

MEGABYTE = 1024 * 1024


@dataclass
class Allowance:
    """Where no file system can be mounted: files may not grow, which the database meets as a failed write, too."""

    folder: Path

    def fills(self) -> None:
        largest = max(path.stat().st_size for path in self.folder.rglob("*"))
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest // 4096 * 4096, resource.RLIM_INFINITY))

    def empties(self) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk | Allowance]:
    small = tmp_path / "small"
    small.mkdir()
    if not mounts(small):
        yield Allowance(small)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        return
    yield Disk(small)
    subprocess.run(["umount", small], check=True)


async def renames(backend: Backend, me: Answer, name: str) -> Answer:
    body = {"model": "users", "id": me.body["user"]["_id"], "values": {"name": name}}
    return await backend.post("/db/object/update", body, session=me.token)


async def uploads(backend: Backend, me: Answer) -> Answer:
    files = {"file": ("photo.webp", b"p" * MEGABYTE, "image/webp")}
    query = {"bucket": "root", "fileName": "photo"}
    return await backend.post("/storage/bucket/upload-formdata", params=query, files=files, session=me.token)


async def test_a_full_disk_refuses_writes_says_so_and_keeps_what_was_there(
    disk: Disk | Allowance, caplog: pytest.LogCaptureFixture
) -> None:
    async with run_backend(disk.folder, EMAIL_CONFIRMATION="off") as backend:
        me = await backend.signs_up()
        disk.fills()
        statuses = [(await renames(backend, me, f"Ada {number} " + "b" * 80)).status for number in range(40)]
        refused = await uploads(backend, me)
        assert (refused.status, refused.code) == (503, "service_unavailable")
        assert 503 in statuses
        assert "the database refused" in caplog.text
        seen = await backend.get("/auth/user", session=me.token)
        last = max((number for number, status in enumerate(statuses) if status == 200), default=None)
        assert (seen.status, seen.body["name"].split(" b")[0]) == (200, "Ada" if last is None else f"Ada {last}")
        disk.empties()
        assert (await renames(backend, me, "Ada again")).status == 200
        assert (await uploads(backend, me)).status == 200
    async with run_backend(disk.folder, EMAIL_CONFIRMATION="off") as backend:
        assert (await backend.get("/auth/user", session=me.token)).body["name"] == "Ada again"


def test_a_start_on_a_full_disk_is_refused_with_one_clear_line(disk: Disk | Allowance) -> None:
    (disk.folder / "something").write_bytes(b"")
    disk.fills()
    with pytest.raises(StoreError, match=r"accounts\.db") as refused:
        check(
            Settings.from_environment({"DATA_DIR": str(disk.folder), "SECRET_KEY": "s" * 32, "ALTOGIC_CLIENT_KEY": "k"})
        )
    assert "\n" not in str(refused.value)
