"""The real programs as processes of their own, for tests that need a port to talk to."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import httpx

from tests.kit.hashing import hash_quickly
from tests.kit.mailbox import free_port

ROOT = Path(__file__).resolve().parents[2]
# Nothing that sets the programs up comes from whoever runs the tests.
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT")
START = 90.0  # seconds a program may take until it answers
STOP = 5.0


@contextmanager
def serve_site(environ: Mapping[str, str], cwd: Path, *, output: Path | None = None) -> Iterator[str]:
    """`python -m web` on a free port; yields its base URL. DATA_DIR is the caller's, `cwd` has no `.env`."""
    with serve("web", environ, cwd, output) as url:
        yield url


@contextmanager
def serve_backend(environ: Mapping[str, str], cwd: Path, *, output: Path | None = None) -> Iterator[str]:
    """`python -m backend`: the contract alone."""
    with serve("backend", environ, cwd, output) as url:
        yield url


@contextmanager
def serve(module: str, environ: Mapping[str, str], cwd: Path, output: Path | None = None) -> Iterator[str]:
    assert environ.get("DATA_DIR"), "say where the program may keep its data: DATA_DIR"
    settings = {"HOST": "127.0.0.1", "PORT": str(free_port()), "OUTBOX": "on", **hash_quickly(environ)}
    url = f"http://{settings['HOST']}:{settings['PORT']}"
    with _log(output) as log, _started(module, settings, cwd, log) as process:
        try:
            _wait_until_it_answers(url, process)
            yield url
        except BaseException as failure:
            failure.add_note(f"python -m {module} at {url} said:\n{_tail(log)}")
            raise


@contextmanager
def _log(output: Path | None) -> Iterator[IO[bytes]]:
    with output.open("a+b") if output else tempfile.TemporaryFile("a+b") as log:  # both append: reading moves no writer
        yield log


def refused_start(module: str, environ: Mapping[str, str], cwd: Path) -> str:
    """What a program says that is expected not to start."""
    command = [sys.executable, "-m", module]
    ended = subprocess.run(
        command, cwd=cwd, env=_environment(environ), capture_output=True, text=True, timeout=START, check=False
    )
    assert (ended.returncode, ended.stdout) == (2, ""), ended
    return ended.stderr


@contextmanager
def _started(module: str, settings: Mapping[str, str], cwd: Path, log: IO[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    command, environment = [sys.executable, "-m", module], _environment(settings)
    process = subprocess.Popen(command, cwd=cwd, env=environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        yield process
    finally:
        stop(process)


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **settings}


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START
    while not _answers(url):
        assert process.poll() is None, f"the program ended at its start, with {process.returncode}"
        assert time.monotonic() < deadline, f"no answer from {url}/healthz within {START} s"
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=2, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def _tail(log: IO[bytes]) -> str:
    log.seek(0)
    return log.read()[-8000:].decode(errors="replace")
