"""Proxies as docs/operating.md sets them up, on loopback: its very text, but for ports, folders and the name."""

from __future__ import annotations

import os
import re
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.kit.mailbox import free_port
from tests.kit.packages import installs
from tests.kit.serving import ROOT, stop

TEXT = (ROOT / "docs" / "operating.md").read_text("utf-8")
ON_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"  # where Debian puts servers
START = 30.0  # seconds
KEY = ("ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")  # found at once, which RSA's are not
WHOLE_NGINX = """
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx-start.log;
events {{ worker_connections 200; }}
http {{
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  include {folder}/accounts.conf;
}}
"""


@dataclass(frozen=True)
class Proxy:
    """`url` is where people find it; `site_port` where it expects the site."""

    folder: Path
    port: int
    site_port: int

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    @property
    def certificate(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.folder / "fullchain.pem"))

    @property
    def logged(self) -> str:
        return "".join(path.read_text(errors="replace") for path in self.folder.glob("*.log"))


def example(language: str) -> str:
    """The text of a document's example."""
    found = re.search(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert found, f"docs/operating.md has no example for {language}"
    return found[1]


@contextmanager
def nginx(folder: Path) -> Iterator[Proxy]:
    """nginx with the document's example; the site has to be started at its `site_port`."""
    program = find_program("nginx", "nginx")
    proxy = Proxy(folder, free_port(), free_port())
    make_certificate(folder)
    listened = {"listen 443": f"listen 127.0.0.1:{proxy.port}", "listen [::]:443": f"listen 127.0.0.2:{proxy.port}"}
    redirecting = free_port()
    listened |= {"listen 80": f"listen 127.0.0.1:{redirecting}", "listen [::]:80": f"listen 127.0.0.2:{redirecting}"}
    moved = {"accounts.example.com": "localhost", "/etc/ssl/accounts": str(folder), "/var/log/nginx": str(folder)}
    text = replace_all(example("nginx"), {**listened, **moved, "127.0.0.1:8000": f"127.0.0.1:{proxy.site_port}"})
    (folder / "accounts.conf").write_text(text)
    (folder / "nginx.conf").write_text(
        WHOLE_NGINX.format(folder=folder, user="user root;" if os.geteuid() == 0 else "")
    )
    with running([program, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", "daemon off;"], proxy):
        yield proxy


def find_program(name: str, package: str) -> str:
    """Skips where there is none and none may be installed, but never with CI=true."""
    found = shutil.which(name, path=ON_PATH)
    if not found and installs(package, "openssl"):
        found = shutil.which(name, path=ON_PATH)
    if not found:
        absent = f"{name} is not installed: install the package {package}"
        pytest.fail(absent) if os.environ.get("CI") == "true" else pytest.skip(absent)
    return str(found)


def make_certificate(folder: Path) -> None:
    where = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    name = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-days", "2"]
    command = ["openssl", "req", "-x509", "-newkey", *KEY, "-nodes", *where, *name]
    subprocess.run(command, capture_output=True, check=True, timeout=60)


def replace_all(text: str, by: dict[str, str]) -> str:
    """Each must be there."""
    for old, new in by.items():
        assert old in text, f"the example has no {old}"
        text = text.replace(old, new)
    return text


@contextmanager
def running(command: Sequence[str], proxy: Proxy) -> Iterator[None]:
    with (proxy.folder / "output.txt").open("ab") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, cwd=proxy.folder)
    try:
        deadline = time.monotonic() + START
        while not answers(proxy):
            assert process.poll() is None, (proxy.folder / "output.txt").read_text()
            assert time.monotonic() < deadline, "the proxy does not answer"
            time.sleep(0.05)
        yield
    finally:
        stop(process)


def answers(proxy: Proxy) -> bool:
    try:
        httpx.get(proxy.url, verify=proxy.certificate, trust_env=False, timeout=5)
    except httpx.TransportError:
        return False
    return True
