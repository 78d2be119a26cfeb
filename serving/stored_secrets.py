"""Secrets that nobody set: made once, stored as files in DATA_DIR, the same for every process that starts there."""

import contextlib
import os
import secrets
from pathlib import Path


def load_or_create_secret(path: Path) -> str:
    """Return the secret in a file, making it now (256 bits in hex, mode 0600) if there is none.

    Raises OSError if it can neither be read nor written.
    """
    if not path.exists():
        _create(path)
    return path.read_text("ascii").strip()


def _create(path: Path) -> None:
    """Write aside, then link into place: of two processes that start at once one wins, and both read its file."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32) + "\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
