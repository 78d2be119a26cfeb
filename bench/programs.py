"""What is measured, each in a process of its own on loopback, which ends with whoever started it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.kit.serving import launch_command

TICKS = os.sysconf("SC_CLK_TCK")
# What `make run` sets as well: what is large is given back when it is free, and taken in large pages; one heap for all.
MEMORY = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=131072:glibc.malloc.arena_max=1"}


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
def run_program(
    module: str, environ: Mapping[str, str], cwd: Path, *arguments: str, path: str = "/login"
) -> Iterator[Program]:
    """`python -m module` on a free port, given as PORT. Passwords cost what they cost in production."""
    given = {"PASSWORD_HASHING": "owasp", **MEMORY, **environ}
    with run_command([sys.executable, "-m", module, *arguments], given, cwd, path=path) as program:
        yield program


@contextmanager
def run_command(command: Sequence[str], environ: Mapping[str, str], cwd: Path, *, path: str) -> Iterator[Program]:
    """Run any program that listens at HOST and PORT."""
    with launch_command(command, environ, cwd, path=path, dies_with_parent=True) as launched:
        started = launched.wait()
        yield Program(started.url, started.process.pid, started.took)


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [found for child in map(int, listed) for found in (child, *_children(child))]


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def _kilobytes(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith(f"{name}:")), 0)
