"""The processes that a process has started."""

from __future__ import annotations

import contextlib
from pathlib import Path


def list_children(pid: int | str = "self") -> set[int]:
    """Those that have ended, and that nobody has asked after, are among them. Threads may end while they are asked."""
    children: set[int] = set()
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            children.update(map(int, path.read_text("utf-8").split()))
    return children
