"""The paper about the contract lists what there is: every kind of event, every code of a refusal."""

from __future__ import annotations

import re
from pathlib import Path

from backend.http.envelope import CONTRACT_CODES, REFUSALS
from backend.kernel.events import EventKind
from backend.settings.providers import NAMES
from web.api.identity_shapes import KNOWN_NAMES

PAPER = (Path(__file__).resolve().parents[2] / "docs" / "contract.md").read_text("utf-8")
NAME = re.compile(r"`([a-z_.-]+)`")


def read_table(heading: str) -> list[list[str]]:
    """Return the cells of each row of the table below a heading."""
    section = re.split(r"^#+ ", PAPER.partition(f"# {heading}\n")[2], flags=re.MULTILINE)[0]
    return [line.split("|")[1:-1] for line in section.splitlines() if line.startswith("| ")][1:]


def test_every_kind_of_event_has_its_row() -> None:
    assert {name for row in read_table("Events") for name in NAME.findall(row[0])} == {kind.value for kind in EventKind}


def test_every_code_of_a_refusal_stands_beside_its_status() -> None:
    told = {
        (code, status)
        for statuses, codes in read_table("Refusals")
        for code in NAME.findall(codes)
        for status in re.findall(r"\d+", statuses)
    }
    answered = {(CONTRACT_CODES.get(code, code), str(status)) for code, (status, _) in REFUSALS.items()}
    assert answered <= told
    assert {code for code, _ in told} == {code for code, _ in answered}


def test_site_and_backend_call_a_provider_the_same() -> None:
    """Each has a list of its own, for neither knows the other."""
    assert KNOWN_NAMES == NAMES
