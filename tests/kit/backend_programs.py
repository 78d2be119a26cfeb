"""`python -m backend` as a process of its own."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.kit.backend import KEY
from tests.kit.mailbox import free_port
from tests.kit.serving import PASSED_ON, ROOT

COMMAND = (sys.executable, "-m", "backend")


def ended(folder: Path, **environ: str) -> "subprocess.CompletedProcess[str]":
    """What it said, where it is expected to end by itself."""
    return subprocess.run(
        COMMAND, cwd=folder, env=_environment(folder, environ), capture_output=True, text=True, timeout=30, check=False
    )


@contextmanager
def started(folder: Path, **environ: str) -> "Iterator[tuple[subprocess.Popen[str], str]]":
    """The process and its address, once it answers. What it says goes to `said.txt` in the folder."""
    port = str(free_port())
    url = f"http://127.0.0.1:{port}"
    with (folder / "said.txt").open("a") as said:
        process = subprocess.Popen(
            COMMAND,
            cwd=folder,
            env=_environment(folder, {"PORT": port, **environ}),
            stdout=said,
            stderr=said,
            text=True,
        )
        try:
            _wait(url, process)
            yield process, url
        finally:
            process.kill()
            process.wait()


def _environment(folder: Path, environ: Mapping[str, str]) -> dict[str, str]:
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    ours = {"PYTHONPATH": str(ROOT), "DATA_DIR": str(folder / "var"), "ALTOGIC_CLIENT_KEY": KEY, "OUTBOX": "on"}
    return {**kept, **ours, **environ}


def _wait(url: str, process: "subprocess.Popen[str]") -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        assert process.poll() is None, f"it ended with {process.returncode}"
        try:
            assert httpx.get(f"{url}/readyz", trust_env=False).text == "ok"
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"no answer from {url}")
