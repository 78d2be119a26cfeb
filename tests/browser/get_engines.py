"""Before the tests: get Firefox and WebKit if they are missing, from Debian, which has a driver for WebKit."""

import os
import sys

from tests.kit.engines import find_missing
from tests.kit.packages import installs


def main() -> int:
    missing = find_missing()
    if not missing or installs(*missing):
        return 0
    print(f"Could not install {', '.join(missing)}; the tests in Firefox and WebKit need them.", file=sys.stderr)
    return 1 if os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
