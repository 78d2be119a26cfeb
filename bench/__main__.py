"""`python -m bench [--quick] [PART ...]`: the table of what is fast and what is not, and var/bench.json."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path

from bench import browsing, get_wrk, growth, pages, passkeys, slow_phone, starting, storm, workers, writing
from bench.report import Row, show, write
from bench.turns import FULL, QUICK, Effort

Part = Callable[[Effort, Path], list[Row]]
PARTS: Mapping[str, Part] = {
    "pages": pages.measure,
    "writing": writing.measure,
    "storm": storm.measure,
    "starting": starting.measure,
    "passkeys": passkeys.measure,
    "growth": growth.measure,
    "workers": workers.measure,
    "browsing": browsing.measure,
    "phone": slow_phone.measure,
}


def main() -> int:
    arguments = _parse_arguments()
    if get_wrk.main():
        return 1
    effort, rows, failed = QUICK if arguments.quick else FULL, list[Row](), False
    for name in arguments.parts or PARTS:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            try:
                rows += PARTS[name](effort, Path(folder))
            except Exception:  # the others are worth knowing all the same
                traceback.print_exc()
                failed = True
        print(f"{name}: {time.monotonic() - began:.0f} seconds", flush=True)
    show(rows)
    write(rows, quick=arguments.quick)
    return 1 if failed else 0


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m bench")
    parser.add_argument("--quick", action="store_true", help="in three minutes instead of twenty, and less exact")
    parser.add_argument("parts", nargs="*", choices=[[], *PARTS], metavar="PART", help=", ".join(PARTS))
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
