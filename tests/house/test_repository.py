"""What is in the repository is ours, and what is fetched beside it new enough and harmless."""

from __future__ import annotations

import importlib.metadata
import re
import sqlite3
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FLOORS = {
    "starlette": (1, 10),
    "python-multipart": (0, 0, 34),
    "uvicorn": (0, 54),
    "h11": (0, 16),
    "pillow": (13,),
    "pillow-heif": (1, 8, 1),
    "jinja2": (3, 1, 6),
    "webauthn": (3, 0, 1),
    "cryptography": (50,),
    "pyotp": (2, 12),
}


def committed() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return listed.stdout.splitlines()


def test_no_code_of_others_is_in_the_repository() -> None:
    foreign = re.compile(
        r"(^|/)(node_modules|vendor|third_party|site-packages)/|\.min\.(js|css)$|htmx[^/]*\.js$|\.whl$"
    )
    assert not [path for path in committed() if foreign.search(path)]


def test_scripts_in_the_repository_are_our_own() -> None:
    scripts = [path for path in committed() if path.endswith(".js") and path.startswith("static/")]
    assert scripts
    for path in scripts:
        assert path.startswith("static/js/"), path
        text = (ROOT / path).read_text("utf-8")
        assert text.startswith("// "), f"{path}: say first what it is for"
        assert '\n"use strict";\n\n' in text, path
        assert max(map(len, text.splitlines())) <= 120, f"{path} looks minified"


def test_a_rooms_style_sheet_is_named_as_its_templates() -> None:
    rooms = {path.name for path in (ROOT / "templates").iterdir() if path.is_dir()}
    assert {path.stem for path in (ROOT / "static" / "css" / "rooms").iterdir()} <= rooms


def test_no_two_rooms_give_one_name_two_looks() -> None:
    """All of them are one style sheet, so what another room has by that name would change, too."""
    styled: dict[str, set[str]] = {}
    for path in sorted((ROOT / "static" / "css" / "rooms").iterdir()):
        for selectors in re.findall(r"^([.#\w][^{}@]*)\{", path.read_text("utf-8"), re.MULTILINE):
            for selector in selectors.split(","):
                styled.setdefault(selector.strip(), set()).add(path.name)
    assert len(styled) > 50
    assert {selector: rooms for selector, rooms in styled.items() if len(rooms) > 1} == {}


@pytest.mark.parametrize("path", [".npmrc", "bench/.npmrc", "bench/peers/.npmrc"])
def test_no_package_of_npm_runs_a_script_when_it_is_fetched(path: str) -> None:
    assert "ignore-scripts=true" in (ROOT / path).read_text("utf-8").splitlines()


def test_no_lock_file_holds_an_address() -> None:
    names = (
        "requirements.lock",
        "requirements-dev.lock",
        "package-lock.json",
        "bench/package-lock.json",
        "bench/sbom.lock",
        "bench/peers/requirements.lock",
        "bench/peers/package-lock.json",
    )
    for name in names:
        text = (ROOT / name).read_text("utf-8")
        assert not re.search(r"--index-url|--find-links|\"resolved\"", text), name


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_components_are_new_enough(name: str) -> None:
    installed = tuple(int(part) for part in re.findall(r"\d+", importlib.metadata.version(name))[:4])
    assert installed >= FLOORS[name]


def test_sqlite_is_new_enough() -> None:
    assert sqlite3.sqlite_version_info >= (3, 35)
