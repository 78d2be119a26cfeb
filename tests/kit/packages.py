"""Debian's packages, for what tests and measurements need and a machine may lack."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TIME_LIMIT = 300  # seconds
POLICY = Path("/usr/sbin/policy-rc.d")
STARTS_NOTHING = "#!/bin/sh\nexit 101\n"
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"  # where Debian puts servers


def has_program(name: str) -> bool:
    """Return whether there is a program, if need be after getting the package of its name."""
    return bool(shutil.which(name, path=PATH)) or installs(name)


def find_program(name: str) -> str:
    return shutil.which(name, path=PATH) or name


def installs(*packages: str) -> bool:
    """Only where it may. What comes with them is not started: it would listen for everybody."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"Getting {', '.join(packages)} ...")  # noqa: T201  # it takes a while
    waits = ["-o", f"DPkg::Lock::Timeout={TIME_LIMIT}"]
    install = ["apt-get", "install", "--yes", "--no-install-recommends", *waits, *packages]
    with start_nothing():
        return runs(["apt-get", "update", *waits]) and runs(install)


@contextmanager
def start_nothing() -> Iterator[None]:
    """For the time of an install, unless the machine has a policy of its own. A second install meanwhile finds one."""
    try:
        with POLICY.open("x") as file:
            file.write(STARTS_NOTHING)
            POLICY.chmod(0o755)
    except FileExistsError:
        yield
        return
    try:
        yield
    finally:
        POLICY.unlink(missing_ok=True)


def runs(command: list[str]) -> bool:
    """Quietly: what it printed matters only where nothing else works either."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(command, timeout=2 * TIME_LIMIT, env=quiet, capture_output=True).returncode == 0
    except subprocess.TimeoutExpired:
        return False
