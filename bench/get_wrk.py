"""Before measuring: get wrk, which makes the load, if there is none. Debian's package, and so for any other program."""

import os
import shutil
import subprocess
import sys

TIME_LIMIT = 300  # seconds
PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"  # where Debian puts servers


def main(program: str = "wrk") -> int:
    if shutil.which(program, path=PATH) or _debians(program):
        return 0
    print(f"{program} is needed, and could not be installed: apt-get install {program}", file=sys.stderr)
    return 1


def _debians(package: str) -> bool:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"Getting {package} ...")
    install = ["apt-get", "install", "--yes", "--no-install-recommends", package]
    return _runs(["apt-get", "update"]) and _runs(install)


def _runs(command: list[str]) -> bool:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(command, timeout=TIME_LIMIT, env=quiet, capture_output=True).returncode == 0
    except subprocess.TimeoutExpired:
        return False


if __name__ == "__main__":
    sys.exit(main())
