"""`python -m bench.scaled`: two sites and two backends on one PostgreSQL, behind HAProxy, on loopback, until Ctrl-C.

With `--kill` it is put under load, and of each kind one process is killed in the middle: nothing may fail but what was
under way in it, and nobody may be logged out.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import tempfile
from pathlib import Path

from bench import get_wrk
from tests.kit.filled_databases import email
from tests.kit.people import PASSWORD
from tests.kit.scaled import CONNECTIONS, PEOPLE, Scaled, find_logged_out, kill_one, run_scaled


def main() -> int:
    if get_wrk.main("haproxy") or get_wrk.main():
        return 1
    with tempfile.TemporaryDirectory(prefix="scaled-") as folder, run_scaled(Path(folder)) as all_:
        if "--kill" in sys.argv:
            return _kill(all_)
        print(f"Open      {all_.url}, and log in as {email(0)} with the password {PASSWORD!r}")
        print(f"Emails    {all_.mails}")
        print("Sites    ", *(f"{site.url} (process {site.process.pid})" for site in all_.sites))
        print("Backends ", *(f"{one.url} (process {one.process.pid})" for one in all_.backends))
        print("Stop      Ctrl-C", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()
    return 0


def _kill(all_: Scaled) -> int:
    failed = 0
    for what, victim in (("site", all_.sites[1]), ("backend", all_.backends[1])):
        found, out = kill_one(all_, victim), find_logged_out(all_)
        failed += found.failures > CONNECTIONS or bool(out)
        print(f"a {what} killed: {found.requests:,} asked, {found.failures} failed", end=" ")
        print(f"(at most {CONNECTIONS} were under way), {len(out)} of {PEOPLE} logged out", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
