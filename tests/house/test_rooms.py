"""What stands in which room of the house, and what each room may know of the others.

A room is a folder of backend/ or web/. What stands beside the rooms (`app.py`, `settings.py`, `state.py`) puts them
together or is known to all.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.kit.serving import ROOT
from tests.kit.source_files import parse_module

MAY_KNOW = {
    "backend": {
        "endpoints": {"http", "rules", "providers", "mail", "store", "kernel", "settings"},
        "http": {"rules", "store", "kernel", "settings"},
        "tasks": {"rules", "mail", "sms", "queue", "store", "kernel", "settings"},
        "operations": {"rules", "providers", "mail", "store", "kernel", "settings"},
        "rules": {"providers", "mail", "sms", "store", "kernel", "settings"},
        "providers": {"kernel", "settings"},
        "mail": {"queue", "store", "kernel", "settings"},
        "sms": {"queue", "store", "kernel", "settings"},
        "queue": {"store", "kernel"},
        "settings": {"kernel"},
        "store": set[str](),
        "kernel": set[str](),
    },
    "web": {
        "pages": {"forms", "rendering", "http", "i18n", "photos", "api"},
        "rendering": {"forms", "http", "i18n", "api"},
        "forms": {"http", "i18n", "api"},
        "http": {"i18n", "api"},
        "i18n": {"photos", "api"},
        "photos": set[str](),
        "api": set[str](),
    },
}
# Who may import a library that shapes what is written on it. A name that ends with a slash is a room.
ONLY = {
    ("backend", "starlette"): ("endpoints/", "http/", "app.py", "asgi.py", "embedding.py"),
    ("backend", "sqlalchemy"): ("store/", "settings/database.py", "operations/copying.py"),
    ("backend", "alembic"): ("store/",),
    ("backend", "aiosmtplib"): ("mail/",),
    ("backend", "argon2"): ("kernel/",),
    ("backend", "webauthn"): ("kernel/",),
    ("backend", "cryptography"): ("kernel/",),
    ("backend", "joserfc"): ("providers/",),
    ("backend", "pyotp"): ("kernel/",),
    ("backend", "phonenumbers"): ("kernel/",),
    ("backend", "httpx"): ("providers/", "sms/"),
    ("web", "httpx"): ("api/", "app.py", "asgi.py"),
    ("web", "jinja2"): ("rendering/",),
    ("web", "PIL"): ("photos/",),
}
# What stands in endpoints/ and has no rules of the same name, with the reason.
WITHOUT_RULES = {
    "capabilities": "says what there is",
    "link_page": "the page of a link; its rules are links",
    "operations": "health, for whoever runs it",
    "phones": "Altogic's nine calls; their rules are named for what each does",
    "public_files": "hands out files as they are",
    "user_queries": "asks for a person's own record; its rules are profile",
    "users": "a person's own record; its rules are profile",
}
MODULES = {top: sorted((ROOT / top).rglob("*.py")) for top in MAY_KNOW}
ROOMS = [(top, room) for top, rooms in MAY_KNOW.items() for room in rooms]
PAGES = sorted({path.name for path in (ROOT / "web" / "pages").iterdir() if (path / "__init__.py").exists()})


@pytest.mark.parametrize(("top", "room"), ROOMS, ids="/".join)
def test_a_room_knows_only_the_rooms_below_it(top: str, room: str) -> None:
    for path in (ROOT / top / room).rglob("*.py"):
        known = {parts[1] for parts in find_imports(path) if parts[0] == top and len(parts) > 1} - {room}
        assert known & MAY_KNOW[top].keys() <= MAY_KNOW[top][room], path


@pytest.mark.parametrize("top", MAY_KNOW)
def test_every_folder_is_a_room_and_no_rooms_know_each_other_in_a_circle(top: str) -> None:
    folders = {path.relative_to(ROOT / top).parts[0] for path in MODULES[top] if path.parent != ROOT / top}
    assert folders == MAY_KNOW[top].keys()
    assert list(TopologicalSorter(MAY_KNOW[top]).static_order())  # raises CycleError


@pytest.mark.parametrize(("top", "library"), ONLY, ids="/".join)
def test_a_library_is_known_in_its_rooms_alone(top: str, library: str) -> None:
    knowing = [path.relative_to(ROOT / top).as_posix() for path in MODULES[top] if [library] in heads(path)]
    assert knowing, "say nothing of a library that nobody imports"
    assert not [path for path in knowing if not path.startswith(ONLY[top, library])]


def test_what_stands_in_endpoints_stands_in_rules_too() -> None:
    endpoints, rules = nouns("endpoints"), nouns("rules")
    assert endpoints - rules <= WITHOUT_RULES.keys()


@pytest.mark.parametrize("folder", ["templates", "partials"])
def test_templates_and_partials_lie_in_rooms_of_pages(folder: str) -> None:
    rooms = {path.name for path in (ROOT / folder).iterdir() if path.is_dir()}
    assert rooms <= {*PAGES, "errors"}


@pytest.mark.parametrize("room", PAGES)
def test_a_room_of_pages_shows_its_own_templates_and_partials(room: str) -> None:
    for path in (ROOT / "web" / "pages" / room).glob("*.py"):
        for folder, shown in find_templates(path):
            assert shown == room, f"{path} shows {folder}/{shown}"


def test_the_readme_and_the_architecture_name_every_room() -> None:
    readme, architecture = [(ROOT / name).read_text("utf-8") for name in ("README.md", "docs/architecture.md")]
    pages = readme.partition("  pages/")[2].partition("  forms/")[0]
    assert set(PAGES) - set(re.findall(r"\w+", pages)) == set()
    for text in (readme.partition("## The map")[2], architecture.partition("```")[2]):
        assert [room for _, room in ROOMS if f" {room}/" not in text] == []


def test_no_room_of_tests_imports_what_is_measured() -> None:
    importing = [path for path in (ROOT / "tests").rglob("*.py") if ["bench"] in heads(path)]
    assert importing == []


def test_the_kit_knows_no_tests_and_what_is_measured_knows_the_kit_alone() -> None:
    for path in [*of_ours(ROOT / "bench"), *of_ours(ROOT / "tests" / "kit")]:
        for parts in find_imports(path):
            assert parts[:2] == ["tests", "kit"] or parts[0] != "tests", path


def test_tests_of_a_room_are_imported_in_that_room_alone() -> None:
    for path in (ROOT / "tests").rglob("*.py"):
        for parts in find_imports(path):
            of_tests = [number for number, name in enumerate(parts) if name == "conftest" or name.startswith("test_")]
            if parts[0] == "tests" and of_tests:
                assert path.parent == ROOT.joinpath(*parts[: of_tests[0]]), path


def of_ours(folder: Path) -> list[Path]:
    """Leaves out what `make` has installed there."""
    return [path for path in folder.rglob("*.py") if not {".venv", "node_modules"} & {*path.parts}]


def nouns(room: str) -> set[str]:
    return {path.stem for path in (ROOT / "backend" / room).glob("*.py")} - {"__init__"}


def heads(path: Path) -> list[list[str]]:
    return [parts[:1] for parts in find_imports(path)]


def find_imports(path: Path) -> Iterator[list[str]]:
    """The names that a file imports, each in its parts."""
    for node in ast.walk(parse_module(path)):
        if isinstance(node, ast.ImportFrom):
            assert node.module, f"{path} imports relatively"
            yield from ([*node.module.split("."), alias.name] for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".") for alias in node.names)


def find_templates(path: Path) -> Iterator[tuple[str, str]]:
    """The folder and the room of each template that a file names; those of all rooms lie in no room."""
    for node in ast.walk(parse_module(path)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.endswith(".html"):
            folder, *rooms = node.value.split("/")
            if folder in ("templates", "partials") and len(rooms) == 2:
                yield folder, rooms[0]
