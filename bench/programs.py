"""What is measured, each in a process of its own on loopback, which ends with whoever started it."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.kit.mailbox import free_port
from tests.kit.serving import stop

ROOT = Path(__file__).resolve().parent.parent
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")
START = 60.0  # seconds
TICKS = os.sysconf("SC_CLK_TCK")
DIES_WITH_PARENT = 1  # PR_SET_PDEATHSIG
# What `make run` sets as well: what is large is given back when it is free.
MEMORY = {"MALLOC_MMAP_THRESHOLD_": "131072"}


@dataclass(frozen=True)
class Program:
    """`took`: seconds from the start of the process to its first answer."""

    url: str
    pid: int
    took: float

    @property
    def cpu(self) -> float:
        """Processor seconds so far, its workers' too."""
        return sum(_cpu(pid) for pid in self.pids)

    @property
    def memory(self) -> float:
        """Resident MB."""
        return sum(_kilobytes(pid, "VmRSS") for pid in self.pids) / 1024

    @property
    def memory_peak(self) -> float:
        return sum(_kilobytes(pid, "VmHWM") for pid in self.pids) / 1024

    @property
    def pids(self) -> list[int]:
        return [self.pid, *_children(self.pid)]

    def forget_peak(self) -> None:
        for pid in self.pids:
            Path(f"/proc/{pid}/clear_refs").write_text("5")


@contextmanager
def running(module: str, environ: Mapping[str, str], cwd: Path, *arguments: str) -> Iterator[Program]:
    """`python -m module` on a free port, given as PORT."""
    port = free_port()
    kept = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    settings = {"HOST": "127.0.0.1", "PORT": str(port), "PYTHONPATH": str(ROOT), **MEMORY, **environ}
    with (cwd / f"{module}-{port}.log").open("wb") as log:
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            env={**kept, **settings},
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=die_with_parent,
        )
        try:
            _wait(process, port, Path(log.name))
            yield Program(f"http://127.0.0.1:{port}", process.pid, time.perf_counter() - began)
        finally:
            stop(process)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + START
    while not _answers(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the program does not answer: {log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.005)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            host = f"127.0.0.1:{port}"
            connection.sendall(f"GET /login HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
            return connection.recv(12).startswith(b"HTTP/1.1 ")
    except OSError:
        return False


def die_with_parent() -> None:
    ctypes.CDLL(None).prctl(DIES_WITH_PARENT, signal.SIGTERM)


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [found for child in map(int, listed) for found in (child, *_children(child))]


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _kilobytes(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)
