"""Writes var/sbom.json, a CycloneDX list of what runs: the locked Python packages, and htmx.

`make sbom`. Taken from the lock files, not from what is installed: a lock is what every installation is made of.
"""

from __future__ import annotations

import base64
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from cyclonedx.model import ExternalReference, ExternalReferenceType, HashAlgorithm, HashType, XsUri
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

ROOT = Path(__file__).resolve().parent.parent
PYTHON_LOCK, NODE_LOCK = "requirements.lock", "package-lock.json"
PINNED = re.compile(r"^([\w.-]+)==([^\s;]+)(.*?)(?=^\S|\Z)", re.MULTILINE | re.DOTALL)
SHA256 = re.compile(r"--hash=sha256:([0-9a-f]{64})")
OUT = ROOT / "var" / "sbom.json"


def main() -> int:
    text = JsonV1Dot6(bom()).output_as_string(indent=2)
    if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        print(error, file=sys.stderr)
        return 1
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(text + "\n", "utf-8")
    print(f"{len(json.loads(text)['components'])} components: {OUT.relative_to(ROOT)}")
    return 0


def bom() -> Bom:
    """Every component hangs on the program itself: a lock does not say which one wants which."""
    made = Bom()
    made.metadata.component = program = Component(name="account-pages", type=ComponentType.APPLICATION, bom_ref="root")
    parts = [*python_packages((ROOT / PYTHON_LOCK).read_text("utf-8")), *scripts()]
    for part in parts:
        made.components.add(part)
    made.register_dependency(program, parts)
    return made


def python_packages(lock: str) -> Iterator[Component]:
    for name, version, rest in PINNED.findall(lock):
        purl = PackageURL("pypi", None, name, version)
        files = ExternalReference(
            type=ExternalReferenceType.DISTRIBUTION,
            url=XsUri(PYTHON_LOCK),
            comment="one hash for each file that may be installed",
            hashes=[HashType(alg=HashAlgorithm.SHA_256, content=found) for found in SHA256.findall(rest)],
        )
        yield Component(name=name, version=version, purl=purl, bom_ref=str(purl), external_references=[files])


def scripts() -> Iterator[Component]:
    """Return the packages that browsers get, without those of tests."""
    for path, package in json.loads((ROOT / NODE_LOCK).read_text("utf-8"))["packages"].items():
        if path and not package.get("dev"):
            name, version = path.removeprefix("node_modules/"), package["version"]
            digest = base64.b64decode(package["integrity"].removeprefix("sha512-")).hex()
            purl = PackageURL("npm", None, name, version)
            sum_ = HashType(alg=HashAlgorithm.SHA_512, content=digest)
            yield Component(name=name, version=version, purl=purl, bom_ref=str(purl), hashes=[sum_])


if __name__ == "__main__":
    sys.exit(main())
