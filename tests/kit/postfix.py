"""Debian's Postfix on loopback, as it is installed but for its ports, its folders and what a test asks of it."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from unittest import SkipTest

from tests.kit.certificates import make_certificate
from tests.kit.mailbox import free_port
from tests.kit.packages import installs

INSTALLED = Path("/etc/postfix")
MASTER = "/usr/lib/postfix/sbin/master"
LONGEST_LIFE = 900  # seconds: it ends by itself should the test not live to end it
PATIENCE = 30.0
STRICT = "reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname"


@dataclass
class Postfix:
    """`url` is for SMTP_URL. All that is accepted is passed to the server at `filter_port` before it is answered."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"smtp://localhost:{self.port}"

    @property
    def log(self) -> str:
        file = self.folder / "log"
        return file.read_text("utf-8") if file.exists() else ""


@contextmanager
def postfix(filter_port: int, *, recipients: str = "", **settings: str) -> Iterator[Postfix]:
    """`recipients` are restrictions of its own for them, `settings` more of main.cf."""
    if not shutil.which("postfix", path="/usr/sbin:/usr/bin") and not installs("postfix", "ssl-cert"):
        _skip("Postfix is needed, and only root may install it")
    if os.geteuid() != 0:
        _skip("only root may start Postfix")
    with tempfile.TemporaryDirectory(prefix="postfix-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # its processes are of several users
        running = Postfix(folder, free_port())
        _configure(running, filter_port, recipients, settings)
        _run(["postfix", "-c", str(folder / "etc"), "check"])  # makes the folders
        command = [MASTER, "-c", str(folder / "etc"), "-d", "-e", str(LONGEST_LIFE)]
        process = subprocess.Popen(command, start_new_session=True)  # it ends its whole group
        try:
            _wait(running)
            yield running
        finally:
            process.terminate()
            process.wait(PATIENCE)


def _skip(reason: str) -> None:
    if os.environ.get("CI") == "true":
        raise AssertionError(reason)
    raise SkipTest(reason)


def _configure(running: Postfix, filter_port: int, recipients: str, settings: Mapping[str, str]) -> None:
    etc = running.folder / "etc"
    shutil.copytree(INSTALLED, etc, symlinks=True)
    with (etc / "main.cf").open("a") as file:
        file.write(Path("/usr/share/postfix/main.cf.tls").read_text())  # what Debian adds where there is a certificate
    certificate = make_certificate(running.folder)
    changed = {
        "queue_directory": str(running.folder / "queue"),
        "data_directory": str(running.folder / "data"),
        "maillog_file": str(running.folder / "log"),
        "maillog_file_prefixes": str(running.folder),
        "inet_interfaces": "127.0.0.1",
        "inet_protocols": "ipv4",
        "smtpd_tls_cert_file": str(certificate.certificate),
        "smtpd_tls_key_file": str(certificate.key),
        "smtpd_tls_received_header": "yes",
        "smtpd_helo_required": "yes",
        "smtpd_helo_restrictions": STRICT,
        "smtpd_recipient_restrictions": recipients,
        "smtpd_proxy_filter": f"127.0.0.1:{filter_port}",
        "smtpd_proxy_timeout": "120s",
        **settings,
    }
    (running.folder / "queue").mkdir()
    (running.folder / "data").mkdir()
    shutil.chown(running.folder / "data", "postfix", "root")
    _postconf(etc, "-e", *(f"{name}={value}" for name, value in changed.items()))
    _postconf(etc, "-M#", "smtp/inet")
    _postconf(etc, "-F", "*/*/chroot=n")
    _postconf(etc, "-M", "-e", f"127.0.0.1:{running.port}/inet=127.0.0.1:{running.port} inet n - n - - smtpd")


def _postconf(etc: Path, *options: str) -> None:
    _run(["postconf", "-c", str(etc), *options])


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)


def _wait(running: Postfix) -> None:
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            with socket.create_connection(("127.0.0.1", running.port), 1) as line:
                assert line.recv(3) == b"220"
                return
        except (OSError, AssertionError):
            assert time.monotonic() < deadline, running.log
            time.sleep(0.05)
