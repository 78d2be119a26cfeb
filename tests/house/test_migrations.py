"""Migrations follow one another: two that are made at the same time must not have the same number."""

import re

from tests.kit.serving import ROOT

VERSIONS = ROOT / "backend" / "store" / "migrations" / "versions"


def test_each_has_the_next_number_and_follows_the_one_before() -> None:
    files = sorted(VERSIONS.glob("[0-9]*.py"))
    for number, file in enumerate(files, 1):
        said = dict(re.findall(r'^(revision|down_revision) = (?:"(\d+)"|None)$', file.read_text("utf-8"), re.MULTILINE))
        before = f"{number - 1:04}" if number > 1 else ""
        assert (file.name[:4], said["revision"], said["down_revision"]) == (f"{number:04}", f"{number:04}", before)
