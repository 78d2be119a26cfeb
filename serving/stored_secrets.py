"""Secrets that are not set: made once and stored as files in DATA_DIR, the same for every process that starts there."""

import contextlib
import os
import secrets
from pathlib import Path

from serving.private_files import create_private, draft_of, make_private


def load_or_create_secret(path: Path) -> str:
    """Return the secret in a file, making it now (256 bits in hex, mode 0600) if there is none.

    Raises OSError if it can neither be read nor written.
    """
    if not path.exists():
        _create(path)
    make_private(path)
    return path.read_text("ascii").strip()


def _create(path: Path) -> None:
    """Write aside, then link into place: of two processes that start at once one wins, and both read its file."""
    draft = draft_of(path)
    try:
        with os.fdopen(create_private(draft), "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)
