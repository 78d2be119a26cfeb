"""Debian's PgBouncer before a PostgreSQL of the tests' own: each transaction may meet another connection of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import URL

from tests.kit.mailbox import free_port
from tests.kit.packages import installs
from tests.kit.postgres import connect

PROGRAM = "/usr/sbin/pgbouncer"
START = 20.0  # seconds
FEW = 4  # connections to the server: fewer than we hold, so that they are shared
CONFIGURATION = """
[databases]
* = host=127.0.0.1 port={to} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {few}
ignore_startup_parameters = extra_float_digits
"""


@contextmanager
def pooler_of(url: URL) -> Iterator[URL]:
    """Serve the database in transaction mode; gives its address there."""
    program, port = find_program(), free_port()
    folder = Path(tempfile.mkdtemp(prefix="account-pages-pgbouncer-"))
    file = folder / "pgbouncer.ini"
    file.write_text(CONFIGURATION.format(to=url.port, user=url.username, port=port, few=FEW))
    user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
    folder.chmod(0o755)
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen([program, str(file)], stdout=log, stderr=log, cwd="/", **user)  # type: ignore[call-overload]
    try:
        pooled = url.set(port=port)
        _wait_until_it_answers(pooled, process, folder / "log")
        yield pooled
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def find_program() -> str:
    """Install it where that may be done. Without it the test is skipped, but never with CI=true."""
    if not Path(PROGRAM).exists():
        installs("pgbouncer")
    found = shutil.which("pgbouncer") or (PROGRAM if Path(PROGRAM).exists() else None)
    if found is None:
        missing = "PgBouncer is not installed: install the package pgbouncer"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    return str(found)


def _wait_until_it_answers(url: URL, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START
    while True:
        try:
            with connect(url):
                return
        except psycopg.OperationalError:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
