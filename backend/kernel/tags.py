"""Tags of buckets and files: short texts, stored as a JSON list."""

import json
from collections.abc import Sequence
from typing import Any

from backend.kernel import fields
from backend.kernel.refusals import invalid

LENGTH_LIMIT, COUNT_LIMIT = 60, 20


def read_tags(given: Any, param: str) -> list[str]:
    """Read a list of tags, one tag, or none. Raises `validation_error`."""
    tags = [] if given is None else [given] if isinstance(given, str) else given
    if not isinstance(tags, list) or len(tags) > COUNT_LIMIT:
        raise invalid(param, f"tags must be a list of at most {COUNT_LIMIT} texts.")
    return [_read_tag(tag, param) for tag in tags]


def add_tags(stored: str, tags: Sequence[str]) -> str:
    """Return stored tags with others behind them, each of them once. Raises `validation_error` if they are too many."""
    joined = list(dict.fromkeys([*json.loads(stored), *tags]))
    if len(joined) > COUNT_LIMIT:
        raise invalid("tags", f"There can be at most {COUNT_LIMIT} tags.")
    return json.dumps(joined)


def remove_tags(stored: str, tags: Sequence[str]) -> str:
    """Return stored tags without others."""
    return json.dumps([tag for tag in json.loads(stored) if tag not in tags])


def _read_tag(tag: Any, param: str) -> str:
    text = fields.text(tag, param, LENGTH_LIMIT)
    if not text.isprintable():
        raise invalid(param, "A tag must be on one line.")
    return text
