"""A PostgreSQL server of the tests' own: made when the first test asks, stopped by its own pid at the end."""

from __future__ import annotations

import atexit
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from signal import Signals
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, make_url

from backend.store.postgres import prepare
from backend.store.tables import metadata
from tests.kit.mailbox import free_port

DEBIAN = Path("/usr/lib/postgresql")
ABSENT = "PostgreSQL is not installed: set TEST_DATABASE_URL, or install the package postgresql"
START = 60.0  # seconds
QUICK = {"fsync": "off", "full_page_writes": "off", "max_connections": "200", "log_min_messages": "fatal"}


@dataclass(frozen=True)
class Server:
    """Gives out databases. `url` is of the one from which they are made."""

    url: URL
    template: str = field(default_factory=lambda: f"template_{secrets.token_hex(4)}")
    spare: list[URL] = field(default_factory=list)

    def named(self, name: str) -> URL:
        return self.url.set(database=name)

    def prepare_template(self) -> None:
        self.does("CREATE DATABASE {}", self.template)
        prepare(self.named(self.template))

    def lend(self) -> URL:
        """A database with our tables and nothing in them. Making one takes far longer than emptying one."""
        return self.spare.pop() if self.spare else self.new()

    def take_back(self, url: URL) -> None:
        tables = [table.name for table in reversed(metadata.sorted_tables) if table.name != "meta"]
        emptied = ["SET lock_timeout = '3s'", *(f"DELETE FROM {name}" for name in tables)]
        with connect(url) as connection:
            connection.execute("; ".join(emptied).encode())
        self.spare.append(url)

    def new(self, *, empty: bool = False) -> URL:
        """A database that is given back by `drop`; `empty`: without our tables."""
        name = f"test_{secrets.token_hex(6)}"
        self.does("CREATE DATABASE {} TEMPLATE {}", name, "template0" if empty else self.template)
        return self.named(name)

    def drop(self, url: URL) -> None:
        self.does("DROP DATABASE IF EXISTS {} WITH (FORCE)", url.database or "")

    def clean_up(self) -> None:
        for url in (*self.spare, self.named(self.template)):
            self.drop(url)

    def end_connections(self, url: URL) -> int:
        """As a restart of the server does. How many there were."""
        with connect(self.url) as connection:
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s"
            return len(connection.execute(ended, [url.database]).fetchall())

    def does(self, statement: Any, *names: str) -> None:
        with connect(self.url) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


@contextmanager
def connect(url: URL) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    with psycopg.connect(address(url), autocommit=True, connect_timeout=10) as connection:
        yield connection


def address(url: URL) -> str:
    """As DATABASE_URL has it."""
    return url.render_as_string(hide_password=False)


@cache
def server() -> Server:
    """One for all tests of a run. Without PostgreSQL the test is skipped, but never with CI=true."""
    given = os.environ.get("TEST_DATABASE_URL")
    running = Server(make_url(given).set(drivername="postgresql") if given else _lasting_cluster().url)
    running.prepare_template()
    if given:
        atexit.register(running.clean_up)
    return running


def _lasting_cluster() -> Cluster:
    cluster = Cluster(_binaries())
    cluster.make()
    cluster.start()
    atexit.register(cluster.remove)
    return cluster


@contextmanager
def cluster() -> Iterator[Cluster]:
    """A server of a test's own, which it may stop."""
    own = Cluster(_binaries())
    try:
        own.make()
        own.start()
        yield own
    finally:
        own.remove()


def _binaries() -> Path:
    if not _installed() and os.geteuid() == 0:
        _install()
    found = _installed()
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(ABSENT)
        pytest.skip(ABSENT)
    return found


def _installed() -> Path | None:
    on_path = shutil.which("initdb")
    folders = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda initdb: int(initdb.parent.parent.name))
    return folders[-1].parent if folders else Path(on_path).parent if on_path else None


def _install() -> None:
    quietly: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update"], env=environ, **quietly)
    subprocess.run(["apt-get", "install", "--yes", "--no-install-recommends", "postgresql"], env=environ, **quietly)


@cache
def _new_data(binaries: Path) -> Path:
    """The folder of a server that has never run."""
    never_run = Cluster(binaries)
    never_run.initialize()
    atexit.register(never_run.remove)
    return never_run.folder / "data"


@dataclass
class Cluster:
    """A server on loopback with a folder of its own, without password."""

    binaries: Path
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="account-pages-postgres-")))
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> URL:
        return URL.create("postgresql", "tests", "none", "127.0.0.1", self.port, "postgres")

    @property
    def user(self) -> dict[str, Any]:
        """PostgreSQL refuses to run as root."""
        return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}

    def make(self) -> None:
        """As a copy of the first one that was made: a copy takes a quarter of the time."""
        if self.user:
            shutil.chown(self.folder, "postgres", "postgres")
        subprocess.run(["cp", "-a", str(_new_data(self.binaries)), str(self.folder / "data")], check=True)

    def initialize(self) -> None:
        if self.user:
            shutil.chown(self.folder, "postgres", "postgres")
        options = ["--username=tests", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8"]
        command = [str(self.binaries / "initdb"), "-D", str(self.folder / "data"), *options]
        made = subprocess.run(command, capture_output=True, cwd=self.folder, check=False, **self.user)
        assert made.returncode == 0, made.stderr

    @contextmanager
    def standby(self) -> Iterator[Cluster]:
        """A copy that follows this server, and may take its place."""
        standby = Cluster(self.binaries)
        if self.user:
            shutil.chown(standby.folder, "postgres", "postgres")
        options = ["--write-recovery-conf", "--wal-method=stream", "--checkpoint=fast", "--no-sync"]
        source = ["--host=127.0.0.1", f"--port={self.port}", "--username=tests"]
        command = [str(self.binaries / "pg_basebackup"), "-D", str(standby.folder / "data"), *source, *options]
        made = subprocess.run(command, capture_output=True, cwd=standby.folder, check=False, **self.user)
        assert made.returncode == 0, made.stderr
        try:
            standby.start()
            yield standby
        finally:
            standby.remove()

    def promote(self) -> None:
        """Let a standby take writes."""
        with connect(self.url) as connection:
            assert connection.execute("SELECT pg_promote(true, 60)").fetchone() == (True,)

    def start(self) -> None:
        where = {"port": str(self.port), "listen_addresses": "127.0.0.1", "unix_socket_directories": str(self.folder)}
        settings = [part for name, value in {**where, **QUICK}.items() for part in ("-c", f"{name}={value}")]
        command = [str(self.binaries / "postgres"), "-D", str(self.folder / "data"), *settings]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder, **self.user)
        self._wait_until_it_answers()

    def stop(self, how: Signals) -> None:
        """SIGTERM waits for who is connected, SIGINT ends them, SIGQUIT ends everything as a crash would."""
        if self.process:
            self.process.send_signal(how)
            self.process.wait(10)

    def remove(self) -> None:
        self.stop(Signals.SIGQUIT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START
        while True:
            try:
                with connect(self.url):
                    return
            except psycopg.OperationalError:
                assert self.process is not None
                assert self.process.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < deadline, (self.folder / "log").read_text()
                time.sleep(0.05)
