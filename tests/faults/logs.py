"""What the programs have said meanwhile: lines that can be read, of which one names the trouble."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.faults.world import Breakable, Running
from tests.kit.people import PASSWORD

GREETINGS = ("Open ", "Stop ", "Emails ", "Backend ", "The backend answers at ", "Mail for ", "SMS for ")
FIELDS = {"time", "level", "logger", "event", "request_id", "method", "path", "status", "ms", "error"}
UNEXPECTED = ("Traceback", "Exception in ASGI", "never retrieved", "never awaited", "an error nobody expected")


@contextmanager
def readable(world: Breakable, trouble: str = "", *, allowed: str = "") -> Iterator[None]:
    """`trouble` is a piece of an event that must be among them; `allowed` one of a kind of error that may."""
    before = {program.log: _size(program) for program in world.programs}
    yield
    said = [line for program in world.programs for line in _lines(program, before[program.log])]
    for secret in (PASSWORD, *world.secrets):
        assert not any(secret in line for line in said), "a secret in a log"
    events = [_event(line) for line in said if not line.startswith(GREETINGS)]
    for event in events:
        assert set(event) <= FIELDS, event
        assert not any(word in str(event) for word in UNEXPECTED), event
        assert event["level"] != "error" or "error" not in event or allowed, event
    told = [event["event"] for event in events if event["level"] != "info"]
    assert not trouble or any(trouble in event for event in told), f"nobody said {trouble!r}, only {set(told)}"


def _size(program: Running) -> int:
    return program.log.stat().st_size if program.log.exists() else 0


def _lines(program: Running, start: int) -> list[str]:
    return program.log.read_bytes()[start:].decode().splitlines()


def _event(line: str) -> dict[str, Any]:
    assert line.startswith("{"), f"a line that is no JSON: {line}"
    event: dict[str, Any] = json.loads(line)
    return event
