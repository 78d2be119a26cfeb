"""The page of what is kept about people says what the code does, and what the export says."""

import importlib
import re
from datetime import timedelta
from pathlib import Path

import pytest

from backend.rules import limits
from backend.rules.limits import Limit
from backend.rules.retention import list_kept
from backend.settings import Settings
from translations.formatting import format_duration

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "privacy.md").read_text("utf-8")
ROWS = re.findall(r"^\| (?!what|-)([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", PAGE, re.MULTILINE)
CONSTANT = re.compile(r"`([^`:]+)\.py: (\w+)`")


def test_the_page_and_the_export_have_the_same_rows(tmp_path: Path) -> None:
    lifetime = timedelta(seconds=Settings.from_environment({"DATA_DIR": str(tmp_path)}).accounts.session_lifetime)
    assert [row[:3] for row in ROWS] == [(kept.what, kept.why, kept.how_long) for kept in list_kept(lifetime)]


@pytest.mark.parametrize(("how_long", "kept_by"), [row[2:] for row in ROWS], ids=[row[0][:30] for row in ROWS])
def test_each_row_names_the_constant_that_keeps_it(how_long: str, kept_by: str) -> None:
    named = CONSTANT.findall(kept_by)
    assert named or kept_by == "the person" or "`SESSION_LIFETIME`" in kept_by
    for module, name in named:
        value = getattr(importlib.import_module(module.replace("/", ".")), name)
        assert format_duration(value.within if isinstance(value, Limit) else value) in how_long


def test_no_attempt_is_counted_for_longer_than_the_page_says() -> None:
    counted = [value for value in vars(limits).values() if isinstance(value, Limit)]
    [named] = [name for row in ROWS for module, name in CONSTANT.findall(row[3]) if module == "backend/rules/limits"]
    assert getattr(limits, named).within == max(limit.within for limit in counted)
