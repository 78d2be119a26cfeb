"""SECURITY.md names a test for what it says is met: each of them exists."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "SECURITY.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py): (\w+)`", TEXT)))
REQUIREMENT = re.compile(r"^\| (\d+(?:\.\d+)*(?:(?:, | to )\d+(?:\.\d+)*)*) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)


def test_every_test_that_is_named_exists() -> None:
    assert [f"{path}: {name}" for path, name in NAMED if name not in find_functions(path)] == []


@cache
def find_functions(path: str) -> set[str]:
    """Return the names of all functions in a file."""
    return set(re.findall(r"^ *(?:async )?def (\w+)\(", (ROOT / path).read_text("utf-8"), re.MULTILINE))


def test_every_requirement_says_how_it_stands() -> None:
    rows = REQUIREMENT.findall(TEXT)
    assert len(rows) == len(re.findall(r"^\| \d", TEXT, re.MULTILINE))
    unsaid = [number for number, verdict in rows if not verdict.startswith(("met", "not applicable: ", "not yet"))]
    assert not unsaid


def test_what_is_met_names_what_shows_it() -> None:
    """A test, a passage that is written down, or that there is nothing to show."""
    met = [verdict for _, verdict in REQUIREMENT.findall(TEXT) if verdict.startswith("met")]
    shown = re.compile(r"`tests/|by absence|is decided|is promised|docs/|`make |throughout")
    assert not [verdict for verdict in met if not shown.search(verdict)]
