"""`python -m backend` as a process of its own, on the data in a folder."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.kit.contract import KEY
from tests.kit.hashing import hash_quickly
from tests.kit.mains import run_main
from tests.kit.serving import run_to_its_end, start


def run_backend_to_its_end(folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """What it said, where it is expected to end by itself."""
    return run_to_its_end("backend", _environ(folder, environ), folder)


def run_backend_here(folder: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    """The same without a process of its own."""
    return run_main("backend", _environ(folder, environ), folder)


@contextmanager
def start_backend(folder: Path, **environ: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The process and its address, once it is ready. What it says goes to `said.txt` in the folder."""
    with start("backend", _environ(folder, environ), folder, output=folder / "said.txt", path="/readyz") as program:
        yield program.process, program.url


def _environ(folder: Path, environ: dict[str, str]) -> dict[str, str]:
    ours = {"DATA_DIR": str(folder / "var"), "ALTOGIC_CLIENT_KEY": KEY, "OUTBOX": "on"}
    return hash_quickly({**ours, **environ})
