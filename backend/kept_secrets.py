"""Secrets that nobody set: made once, kept as files in DATA_DIR, the same for every process that starts there."""

import contextlib
import os
import secrets
from pathlib import Path


def kept_secret(folder: Path, name: str) -> str:
    """The secret in the file `name`, made now if there is none: 32 hex digits, mode 0600.

    Raises OSError if it can neither be read nor written.
    """
    path = folder / name
    if not path.exists():
        _make(path)
    return path.read_text("ascii").strip()


def _make(path: Path) -> None:
    """Written aside, then linked into place: of two processes that start at once one wins, and both read its file."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(16) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
