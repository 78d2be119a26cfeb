"""Files that are for the user who runs the program, and for nobody else on the machine."""

import os
import secrets
import stat
from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def keep_new_files_private() -> None:
    """Let this process and those it starts make files and folders that only its own user may read."""
    os.umask(OTHERS)


def make_private(path: Path) -> None:
    """Take a file of ours, wherever it stands, away from all other users. Raises OSError if it is not ours to do so."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & OTHERS:
        path.chmod(mode & ~OTHERS)


def create_private(path: Path) -> int:
    """Create a file and return its descriptor, open for writing.

    Raises FileExistsError for whatever stands there, a link that leads elsewhere too.
    """
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)


def draft_of(path: Path) -> Path:
    """Name a file beside another, which nobody can have foreseen."""
    return path.with_name(f".{path.name}-{secrets.token_hex(8)}")
