"""What tests read of the history of an account."""

from typing import Any

from tests.kit.contract import Contract


async def load_events(backend: Contract, session: str) -> list[dict[str, Any]]:
    """All events, newest first."""
    answer = await backend.get("/account/events", params={"limit": "1000"}, session=session)
    assert (answer.status, answer.body["next"]) == (200, None), answer.body
    events: list[dict[str, Any]] = answer.body["events"]
    return events


async def list_kinds(backend: Contract, session: str) -> list[str]:
    """What happened, oldest first."""
    return [event["kind"] for event in reversed(await load_events(backend, session))]
