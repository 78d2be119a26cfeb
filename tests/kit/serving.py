"""The one starter of programs: a process of its own on a free port, awaited until it answers, stopped afterwards."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.kit.hashing import hash_quickly
from tests.kit.mailbox import free_port

ROOT = Path(__file__).resolve().parents[2]
# Nothing that sets the programs up comes from whoever runs the tests.
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT")
START = 90.0  # seconds a program may take until it answers
STOP = 5.0
LOOKS_AGAIN = 0.02
DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG


@dataclass(frozen=True)
class Program:
    """A program that answers. `took`: seconds from the start of its process to its first answer."""

    url: str
    process: subprocess.Popen[bytes]
    took: float


@dataclass(frozen=True)
class Launched:
    """A program whose process has begun."""

    process: subprocess.Popen[bytes]
    host: str
    port: int
    path: str
    began: float

    @property
    def url(self) -> str:
        return f"http://{self.host}:{self.port}"

    def wait(self) -> Program:
        """Wait until it answers."""
        deadline = time.monotonic() + START
        while not answers(self.host, self.port, self.path):
            status = self.process.poll()
            assert status is None, f"the program ended at its start, with {status}"
            assert time.monotonic() < deadline, f"no answer from {self.url}{self.path} within {START} s"
            time.sleep(LOOKS_AGAIN)
        return Program(self.url, self.process, time.perf_counter() - self.began)


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
    with start(module, {"OUTBOX": "on", **hash_quickly(environ)}, cwd, output=output) as program:
        yield program.url


@contextmanager
def start(
    module: str,
    environ: Mapping[str, str],
    cwd: Path,
    arguments: Sequence[str] = (),
    *,
    output: Path | None = None,
    path: str = "/healthz",
) -> Iterator[Program]:
    """Start `python -m module` and wait until it answers at `path`; what it says is appended to `output`.

    HOST and PORT are loopback and free unless given.
    """
    with launch(module, environ, cwd, arguments, output=output, path=path) as launched:
        yield launched.wait()


def start_together(stack: ExitStack, launches: Sequence[AbstractContextManager[Launched]]) -> list[Program]:
    """Start several at once: a start waits for much, and for none of the others."""
    launched = [stack.enter_context(launching) for launching in launches]
    return [one.wait() for one in launched]


@contextmanager
def launch(
    module: str,
    environ: Mapping[str, str],
    cwd: Path,
    arguments: Sequence[str] = (),
    *,
    output: Path | None = None,
    path: str = "/healthz",
    dies_with_parent: bool = False,
) -> Iterator[Launched]:
    """Do as `start` does, but for the waiting."""
    command = [sys.executable, "-m", module, *arguments]
    with launch_command(command, environ, cwd, output=output, path=path, dies_with_parent=dies_with_parent) as launched:
        yield launched


@contextmanager
def launch_command(
    command: Sequence[str],
    environ: Mapping[str, str],
    cwd: Path,
    *,
    output: Path | None = None,
    path: str = "/healthz",
    dies_with_parent: bool = False,
) -> Iterator[Launched]:
    """Do as `launch` does, with any program that listens at HOST and PORT.

    `dies_with_parent`: even when that is killed (Linux).
    """
    settings = {"HOST": "127.0.0.1", "PORT": str(free_port()), **environ}
    with _log(output) as log:
        began = time.perf_counter()
        process = subprocess.Popen(
            command,
            cwd=cwd,
            env=environment_of_program(settings),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent if dies_with_parent else None,
        )
        launched = Launched(process, settings["HOST"], int(settings["PORT"]), path, began)
        try:
            yield launched
        except BaseException as failure:
            failure.add_note(f"{' '.join(command)} at {launched.url} said:\n{_tail(log)}")
            raise
        finally:
            stop(process)


def run_to_its_end(
    module: str, environ: Mapping[str, str], cwd: Path, arguments: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    """Return how a program ended that ends by itself, and what it said."""
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(
        command,
        cwd=cwd,
        env=environment_of_program(environ),
        capture_output=True,
        text=True,
        timeout=START,
        check=False,
    )


def expect_no_start(module: str, environ: Mapping[str, str], cwd: Path) -> str:
    """What a program says that is expected not to start."""
    ended = run_to_its_end(module, environ, cwd)
    assert (ended.returncode, ended.stdout) == (2, ""), ended
    return ended.stderr


def environment_of_program(settings: Mapping[str, str]) -> dict[str, str]:
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **settings}


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def die_with_parent() -> None:
    ctypes.CDLL(None).prctl(DIES_WITH_PARENT, signal.SIGTERM)


def answers(host: str, port: int, path: str) -> bool:
    """Return whether something answers there, and not that it cannot. By a socket: a client would cost more."""
    head = f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection((host, port), timeout=5) as connection:
            connection.sendall(head.encode())
            status = connection.recv(12)
    except OSError:
        return False
    return status.startswith(b"HTTP/1.1 ") and not status.startswith(b"HTTP/1.1 5")


@contextmanager
def _log(output: Path | None) -> Iterator[IO[bytes]]:
    with output.open("a+b") if output else tempfile.TemporaryFile("a+b") as log:  # both append: reading moves no writer
        yield log


def _tail(log: IO[bytes]) -> str:
    log.seek(0)
    return log.read()[-8000:].decode(errors="replace")
