"""A certificate that a server signed itself, as Debian makes one for each machine."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.kit.packages import installs


@dataclass(frozen=True)
class Certificate:
    certificate: Path
    key: Path


def make_certificate(folder: Path) -> Certificate:
    """For two days, in files of this folder."""
    made = Certificate(folder / "certificate.pem", folder / "key.pem")
    assert shutil.which("openssl") or installs("openssl"), "openssl is needed"
    names = ["-subj", "/CN=localhost", "-keyout", str(made.key), "-out", str(made.certificate)]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *names]
    subprocess.run(command, check=True, capture_output=True)
    return made
