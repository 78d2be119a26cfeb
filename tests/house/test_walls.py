"""The walls that keep the parts apart."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.source_files import name_file

ROOT = Path(__file__).resolve().parents[2]
SITE_MODULES = sorted(ROOT.glob("web/**/*.py"))
BACKEND_MODULES = sorted(ROOT.glob("backend/**/*.py"))
SERVING_MODULES = sorted(ROOT.glob("serving/**/*.py"))
SHARED_MODULES = sorted([*ROOT.glob("translations/*.py"), *ROOT.glob("branding/*.py")])
COMPOSITION_ROOT = ROOT / "web" / "asgi.py"


@pytest.mark.parametrize("path", [path for path in SITE_MODULES if path != COMPOSITION_ROOT], ids=name_file)
def test_the_site_knows_the_contract_and_not_the_backend(path: Path) -> None:
    assert "backend" not in set(imported_packages(path))


@pytest.mark.parametrize("path", BACKEND_MODULES, ids=name_file)
def test_the_backend_knows_nothing_of_the_site(path: Path) -> None:
    assert not {"web", "tests"} & set(imported_packages(path))


@pytest.mark.parametrize("path", SERVING_MODULES, ids=name_file)
def test_what_serves_both_knows_neither(path: Path) -> None:
    assert not {"web", "backend", "tests"} & set(imported_packages(path))


@pytest.mark.parametrize("path", SHARED_MODULES, ids=name_file)
def test_the_languages_and_the_brand_know_neither(path: Path) -> None:
    assert not {"web", "backend", "serving", "tests"} & set(imported_packages(path))


def test_the_composition_root_alone_joins_them() -> None:
    assert "backend" in set(imported_packages(COMPOSITION_ROOT))


def imported_packages(path: Path) -> Iterator[str]:
    """Also what is imported inside a function, or by its name."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").partition(".")[0]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("import_module", "importlib.import_module"):
            yield ast.unparse(node.args[0]).strip("'\"").partition(".")[0]


@pytest.mark.parametrize("path", [path for path in SITE_MODULES if path.name != "htmx.py"], ids=name_file)
def test_handlers_never_see_htmx(path: Path) -> None:
    read = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    asked = [str(arg.value).lower() for call in read for arg in call.args[:1] if isinstance(arg, ast.Constant)]
    assert not [name for name in asked if name.startswith("hx-request")]


@pytest.mark.parametrize(
    "path", [path for path in SITE_MODULES if path.name not in ("settings.py", "asgi.py")], ids=name_file
)
def test_the_environment_is_read_in_one_place(path: Path) -> None:
    assert not re.search(r"\bos\.(environ|getenv)\b", path.read_text("utf-8"))


UNBOUNDED = re.compile(
    r"\b(request|connection)\.(cookies|form)\b|(?<!web\.)http\.cookies|^(import|from) email\.parser", re.MULTILINE
)


@pytest.mark.parametrize("path", [*SITE_MODULES, *BACKEND_MODULES, *SERVING_MODULES], ids=name_file)
def test_a_strangers_cookies_and_forms_meet_no_parser_without_bounds(path: Path) -> None:
    """Starlette reads cookies with Python's own, and forms of a thousand parts (web/http/cookies.py and body.py)."""
    assert not re.search(
        r"\b(request|connection)\.(cookies|form)\b|(?<!web\.)http\.cookies|^(import|from) email\.parser",
        path.read_text("utf-8"),
    )


def test_one_function_alone_opens_sessions() -> None:
    """So every way in meets two-step verification."""
    calls = {(path.name, caller, name) for path in BACKEND_MODULES for caller, name in find_calls(path)}
    inserting = {call[:2] for call in calls if call[2].endswith("sessions.insert")}
    assert inserting == {("sessions.py", "_insert_session")}
    assert {call[:2] for call in calls if call[2] == "_insert_session"} == {("sessions.py", "open_session")}
    naming = [path for path in BACKEND_MODULES if re.search(r"insert\((tables\.)?sessions\)", path.read_text("utf-8"))]
    assert [path.name for path in naming] == ["sessions.py"]


def find_calls(path: Path) -> Iterator[tuple[str, str]]:
    """Each call in a function: the function's name, and what is called."""
    for function in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Call):
                    yield function.name, ast.unparse(node.func)


SECRET = re.compile(r"(?:^|_)(token|password|password_hash|client_key|secret_keys?)$")


@pytest.mark.parametrize("path", [*SITE_MODULES, *BACKEND_MODULES, *SERVING_MODULES], ids=name_file)
def test_what_is_secret_is_not_shown_with_what_holds_it(path: Path) -> None:
    """A `repr` ends up in tracebacks, messages and debuggers."""
    told = [name for name, value in fields_of_dataclasses(path) if SECRET.search(name) and "repr=False" not in value]
    assert not told


def fields_of_dataclasses(path: Path) -> Iterator[tuple[str, str]]:
    """Each with what stands behind its `=`."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ClassDef) and any("dataclass" in ast.unparse(mark) for mark in node.decorator_list):
            for part in node.body:
                if isinstance(part, ast.AnnAssign):
                    yield ast.unparse(part.target), ast.unparse(part.value) if part.value else ""
