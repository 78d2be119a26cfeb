"""The page of lifetimes and waits says what the code does."""

import importlib
import re
from datetime import timedelta
from functools import reduce
from pathlib import Path
from typing import Any

from backend.mail.letter import LEAVING_FOR, UNDO_FOR
from backend.rules.limits import Limit
from backend.rules.lost_factors import WAIT_WITH_PASSWORD
from backend.rules.reauthentication import CONFIRMED_FOR
from backend.rules.retention import KEEP_EVENTS

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "lifetimes.md"
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


def test_the_page_says_how_long() -> None:
    assert [what for what, spans, module, name in ROWS if read_spans(spans) != find_spans(module, name)] == []


def test_every_limit_is_on_the_page() -> None:
    limits = importlib.import_module("backend.rules.limits")
    named = {name for name, value in vars(limits).items() if isinstance(value, Limit)}
    assert named <= {row[3] for row in ROWS}


SAID = {  # on pages, whose words name a number
    "templates/history/list.html": f"in the last {KEEP_EVENTS.days} days",
    "templates/data/leave.html": f"For {LEAVING_FOR.days} days",
    "templates/data/data.html": f"{LEAVING_FOR.days} days to change your mind",
    "templates/links/undo_email_ended.html": f"for {UNDO_FOR.days} days",
    "partials/lost_factors/ask_form.html": f"the wait is {WAIT_WITH_PASSWORD.days} days",
    "partials/reauthentication/confirm_form.html": f"for {CONFIRMED_FOR.seconds // 60} minutes",
}


def test_a_page_says_how_long_it_is() -> None:
    assert [template for template, words in SAID.items() if words not in (ROOT / template).read_text("utf-8")] == []
