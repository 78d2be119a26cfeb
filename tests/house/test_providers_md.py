"""The paper about providers says of each what our code asks for there."""

from __future__ import annotations

from pathlib import Path

from backend.providers.making import KINDS
from backend.providers.oauth import OAuth
from backend.providers.openid_connect import OpenIdConnect

PAPER = (Path(__file__).resolve().parents[2] / "docs" / "providers.md").read_text("utf-8")


def test_each_provider_has_a_row_with_its_callback_and_its_scopes() -> None:
    rows = [line.split(" | ") for line in PAPER.splitlines() if "/callback`" in line and line.startswith("| ")]
    listed = {row[1].partition(",")[0].strip("`"): row[2].strip("`") for row in rows}
    assert listed == {f"/_auth/{name_in_path(kind)}/callback": find_scope(kind) for kind in KINDS}


def name_in_path(kind: str) -> str:
    return "{name}" if kind == "oidc" else kind


def find_scope(kind: str) -> str:
    made = KINDS[kind]
    assert isinstance(made, type)
    assert issubclass(made, (OAuth, OpenIdConnect))
    return made.scope
