"""Altogic's client: every method of what is offered here is told of in docs/altogic-client.md, and tried."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.contract.altogic.official import PACKAGE, check_fetched
from tests.kit.serving import ROOT

OFFERED = (
    *("AuthManager", "DatabaseManager", "DBObject", "QueryBuilder"),
    *("StorageManager", "BucketManager", "FileManager"),
)
METHOD = re.compile(r"^    (?!constructor)(\w+)[(<]", re.MULTILINE)
NAMED = re.compile(r"`[^`\n]+`")


def list_methods(manager: str) -> set[str]:
    check_fetched()
    found = set(METHOD.findall((PACKAGE / "dist" / f"{manager}.d.ts").read_text("utf-8")))
    assert found, manager
    return found


@pytest.fixture(scope="module")
def words_of_page() -> set[str]:
    page = (ROOT / "docs" / "altogic-client.md").read_text("utf-8")
    return set(re.findall(r"\w+", " ".join(NAMED.findall(page))))


@pytest.fixture(scope="module")
def words_of_tests() -> set[str]:
    tests = "".join(path.read_text("utf-8") for path in sorted(Path(__file__).parent.glob("*.py")))
    return set(re.findall(r"[\"'.](\w+)[\"'(]", tests))


@pytest.mark.parametrize("manager", OFFERED)
def test_every_method_is_told_of_and_tried(manager: str, words_of_page: set[str], words_of_tests: set[str]) -> None:
    methods = list_methods(manager)
    assert methods - words_of_page == set()
    assert methods - words_of_tests == set()
