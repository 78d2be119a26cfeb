"""Files that only the user who runs the program can read."""

import os
import secrets
import stat
from pathlib import Path

OTHERS = stat.S_IRWXG | stat.S_IRWXO


def keep_new_files_private() -> None:
    """Make files and folders of this process, and of those it starts, readable for its user alone."""
    os.umask(OTHERS)


def make_private(path: Path) -> None:
    """Remove the permissions of all other users from a file. Raises OSError if that is not permitted."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & OTHERS:
        path.chmod(mode & ~OTHERS)


def create_private(path: Path) -> int:
    """Create a file and return its descriptor, open for writing.

    Raises FileExistsError for whatever stands there, a link that leads elsewhere too.
    """
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)


def draft_of(path: Path) -> Path:
    """Return an unguessable name for a temporary file beside another."""
    return path.with_name(f".{path.name}-{secrets.token_hex(8)}")
