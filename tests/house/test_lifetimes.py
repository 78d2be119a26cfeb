"""The page of lifetimes and waits says what the code does."""

import importlib
import re
from datetime import timedelta
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

from backend.rules.limits import Limit

PAGE = Path(__file__).resolve().parents[2] / "docs" / "lifetimes.md"
ROW = re.compile(r"^\| (?!what)([^|]+) \| ([^|]+) \| `([^:]+)\.py: ([\w.]+)` \|$", re.MULTILINE)
ROWS = [match.groups() for match in ROW.finditer(PAGE.read_text("utf-8"))]


def read_spans(text: str) -> list[timedelta]:
    """Read "5 seconds, 10 minutes"."""
    parts = [part.split() for part in text.split(", ")]
    return [timedelta(**{unit.rstrip("s") + "s": int(number)}) for number, unit in parts]


def find_spans(module: str, name: str) -> list[timedelta]:
    found: Any = reduce(getattr, name.split("."), importlib.import_module(module.replace("/", ".")))
    found = found.within if isinstance(found, Limit) else found
    spans = found if isinstance(found, tuple) else (found,)
    return [span if isinstance(span, timedelta) else timedelta(seconds=span) for span in spans]


@pytest.mark.parametrize(("what", "spans", "module", "name"), ROWS, ids=[row[3] for row in ROWS])
def test_the_page_says_how_long(what: str, spans: str, module: str, name: str) -> None:
    assert read_spans(spans) == find_spans(module, name), what


def test_every_limit_is_on_the_page() -> None:
    limits = importlib.import_module("backend.rules.limits")
    named = {name for name, value in vars(limits).items() if isinstance(value, Limit)}
    assert named <= {row[3] for row in ROWS}
