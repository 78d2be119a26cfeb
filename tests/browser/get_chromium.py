"""Before the tests: get a Chromium if there is none. Playwright's own, else the system's, else Debian's package."""

import os
import shutil
import sys

from playwright.sync_api import sync_playwright

from tests.kit.chromium import SYSTEM_NAMES, own_exists
from tests.kit.packages import installs, runs

DEBIAN_PACKAGES = ("chromium-headless-shell", "chromium")


def main() -> int:
    if _is_there() or _playwrights_own() or any(map(installs, DEBIAN_PACKAGES)):
        return 0
    print("No Chromium could be installed; the tests in a browser need one.", file=sys.stderr)
    return 1 if os.environ.get("CI") == "true" else 0


def _is_there() -> bool:
    with sync_playwright() as playwright:
        return own_exists(playwright) or any(map(shutil.which, SYSTEM_NAMES))


def _playwrights_own() -> bool:
    print("Getting a Chromium for the tests ...")
    return runs([sys.executable, "-m", "playwright", "install", "chromium"])


if __name__ == "__main__":
    sys.exit(main())
