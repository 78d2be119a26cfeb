"""Has what tests write kept in memory where there is room: on a disk each write of a database is waited for."""

import os
import shutil
import tempfile
from pathlib import Path

RAM = Path("/dev/shm")
ROOM = 4 * 1024**3  # bytes; a whole run writes less than one of these


def use_ram_disk() -> None:
    """Let temporary folders be made there, by whoever is started too, unless TMPDIR names another place."""
    if "TMPDIR" not in os.environ and has_room(RAM):
        os.environ["TMPDIR"], tempfile.tempdir = str(RAM), None


def has_room(folder: Path) -> bool:
    """Programs have to be allowed there as well: some tests write one."""
    return folder.is_dir() and shutil.disk_usage(folder).free > ROOM and not os.statvfs(folder).f_flag & os.ST_NOEXEC
