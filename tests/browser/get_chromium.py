"""Before the tests: get a Chromium if there is none. Playwright's own, else the system's, else Debian's package."""

import os
import shutil
import subprocess
import sys

from playwright.sync_api import sync_playwright

from tests.browser.chromium import SYSTEM_NAMES, is_root, own_exists

DOWNLOAD_TIME = 300  # seconds


def main() -> int:
    if _is_there() or _playwrights_own() or _debians():
        return 0
    print("No Chromium could be installed; the tests in a browser need one.", file=sys.stderr)
    return 1 if os.environ.get("CI") == "true" else 0


def _is_there() -> bool:
    with sync_playwright() as playwright:
        return own_exists(playwright) or any(map(shutil.which, SYSTEM_NAMES))


def _playwrights_own() -> bool:
    print("Getting a Chromium for the tests ...")
    return _runs([sys.executable, "-m", "playwright", "install", "chromium"])


def _debians() -> bool:
    if not is_root() or not shutil.which("apt-get"):
        return False
    install = ["apt-get", "install", "--yes", "--no-install-recommends", "chromium"]
    return _runs(["apt-get", "update"]) and _runs(install)


def _runs(command: list[str]) -> bool:
    """Quietly: what it printed matters only where nothing else works either."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        return subprocess.run(command, timeout=DOWNLOAD_TIME, env=quiet, capture_output=True).returncode == 0
    except subprocess.TimeoutExpired:
        return False


if __name__ == "__main__":
    sys.exit(main())
