"""Before measuring: get wrk, which makes the load, if there is none. Debian's package."""

import os
import shutil
import subprocess
import sys

TIME_LIMIT = 300  # seconds


def main() -> int:
    if shutil.which("wrk") or _debians():
        return 0
    print("wrk is needed, and could not be installed: apt-get install wrk", file=sys.stderr)
    return 1


def _debians() -> bool:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print("Getting wrk ...")
    install = ["apt-get", "install", "--yes", "--no-install-recommends", "wrk"]
    return _runs(["apt-get", "update"]) and _runs(install)


def _runs(command: list[str]) -> bool:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(command, timeout=TIME_LIMIT, env=quiet, capture_output=True).returncode == 0
    except subprocess.TimeoutExpired:
        return False


if __name__ == "__main__":
    sys.exit(main())
