"""Debian's packages, for what tests and measurements need and a machine may lack."""

import os
import shutil
import subprocess

TIME_LIMIT = 300  # seconds


def installs(package: str) -> bool:
    """Only where it may."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"Getting {package} ...")  # noqa: T201  # it takes a while
    install = ["apt-get", "install", "--yes", "--no-install-recommends", package]
    return runs(["apt-get", "update"]) and runs(install)


def runs(command: list[str]) -> bool:
    """Quietly: what it printed matters only where nothing else works either."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(command, timeout=TIME_LIMIT, env=quiet, capture_output=True).returncode == 0
    except subprocess.TimeoutExpired:
        return False
