"""Two sites and two backends on one PostgreSQL, behind HAProxy, on loopback; one of each may be killed under load."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from sqlalchemy import create_engine

from tests.kit.filled_databases import ENVIRON, fill, profile_of
from tests.kit.load import Load, load
from tests.kit.mailbox import free_port
from tests.kit.packages import find_program
from tests.kit.postgres import address, server
from tests.kit.serving import Launched, Program, answers, die_with_parent, launch, start_together

PEOPLE = 100
CONNECTIONS = 16
SECONDS = 6
START = 10.0

# What has died is not asked again; what is slow, with so many at it, has not died. A GET whose answer never began is
# asked of the other one; a POST may have acted.
PROXY = """
global
  maxconn 4000
defaults
  mode http
  balance roundrobin
  timeout connect 2s
  timeout client 60s
  timeout server 60s
  timeout check 10s
  option redispatch 1
  retries 3
  retry-on conn-failure empty-response
  default-server check inter 500ms fall 1 rise 1
frontend site
  bind {site}
  option forwardfor
  default_backend sites
frontend backend
  bind {backend}
  default_backend backends
backend sites
  option httpchk GET /healthz
  http-request disable-l7-retry unless METH_GET
{sites}
backend backends
  option httpchk GET /readyz
  http-request disable-l7-retry unless METH_GET
{backends}
"""


@dataclass(frozen=True)
class Scaled:
    url: str
    mails: str
    sites: Sequence[Program]
    backends: Sequence[Program]


@contextmanager
def run_scaled(folder: Path) -> Iterator[Scaled]:
    """With a hundred people who are logged in."""
    site, backend = (f"127.0.0.1:{free_port()}" for _ in range(2))
    with ExitStack() as stack:
        environ = {**ENVIRON, "DATABASE_URL": _database(), "PUBLIC_URL": f"http://{backend}", "LINK_BUTTON": "off"}
        environ |= {"REDIRECT_URL": f"http://{site}/auth-redirect", "TRUSTED_PROXIES": "127.0.0.1"}
        backends = _start_both(stack, "backend", environ, folder)
        environ = {**ENVIRON, "PUBLIC_URL": f"http://{site}", "ALTOGIC_ENV_URL": f"http://{backend}"}
        environ |= {"STORAGE_ORIGIN": f"http://{backend}", "TRUSTED_PROXIES": "127.0.0.1"}
        sites = _start_both(stack, "web", environ, folder)
        stack.enter_context(_proxy(folder, site, backend, sites, backends))
        yield Scaled(f"http://{site}", f"http://{backend}/outbox", sites, backends)


def kill_one(all_: Scaled, victim: Program, seconds: int = SECONDS) -> Load:
    """Load, in the middle of which a process is killed. What wrk counted."""
    found: list[Load] = []
    asking = threading.Thread(
        target=lambda: found.append(load(all_.url, profile_of(range(PEOPLE)), seconds, connections=CONNECTIONS))
    )
    asking.start()
    time.sleep(seconds / 2)
    victim.process.kill()
    asking.join()
    return found[0]


def find_logged_out(all_: Scaled) -> list[int]:
    """Whoever is no longer let in."""
    out = []
    with httpx.Client(base_url=all_.url, trust_env=False, timeout=30) as http:
        for person, asked in enumerate(profile_of(range(PEOPLE))):
            if http.get("/profile", headers=dict(asked.headers)).status_code != 200:
                out.append(person)
    return out


def _start_both(stack: ExitStack, module: str, environ: dict[str, str], folder: Path) -> list[Program]:
    return start_together(stack, [_program(module, environ, folder / f"{module}{n}") for n in "12"])


def _program(module: str, environ: dict[str, str], folder: Path) -> AbstractContextManager[Launched]:
    folder.mkdir()
    given = {"PASSWORD_HASHING": "owasp", **environ, "DATA_DIR": str(folder)}
    return launch(module, given, folder, output=folder / "said.txt", dies_with_parent=True)


def _database() -> str:
    url = server().lend()
    engine = create_engine(url.set(drivername="postgresql+psycopg"))
    with engine.connect() as connection:
        fill(connection, PEOPLE)
    engine.dispose()
    return address(url)


@contextmanager
def _proxy(
    folder: Path, site: str, backend: str, sites: Sequence[Program], backends: Sequence[Program]
) -> Iterator[None]:
    file = folder / "haproxy.cfg"
    servers = {"sites": _servers("site", sites), "backends": _servers("backend", backends)}
    file.write_text(PROXY.format(site=site, backend=backend, **servers))
    program = find_program("haproxy")
    with (folder / "haproxy.log").open("wb") as log:
        process = subprocess.Popen(
            [program, "-db", "-f", str(file)], stdout=log, stderr=log, preexec_fn=die_with_parent, cwd=folder
        )
        try:
            _wait(site)
            yield
        finally:
            process.terminate()
            process.wait()


def _servers(name: str, programs: Sequence[Program]) -> str:
    addresses = (program.url.removeprefix("http://") for program in programs)
    return "\n".join(f"  server {name}{number} {one}" for number, one in enumerate(addresses, 1))


def _wait(address: str) -> None:
    host, _, port = address.partition(":")
    deadline = time.monotonic() + START
    while not answers(host, int(port), "/readyz"):
        assert time.monotonic() < deadline, f"no answer from {address}"
        time.sleep(0.05)
