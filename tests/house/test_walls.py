"""The walls that keep the parts apart."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.kit.source_files import name_file, parse_module

ROOT = Path(__file__).resolve().parents[2]
SITE_MODULES = sorted(ROOT.glob("web/**/*.py"))
BACKEND_MODULES = sorted(ROOT.glob("backend/**/*.py"))
SERVING_MODULES = sorted(ROOT.glob("serving/**/*.py"))
SHARED_MODULES = sorted([*ROOT.glob("translations/*.py"), *ROOT.glob("branding/*.py")])
COMPOSITION_ROOT = ROOT / "web" / "asgi.py"


def test_the_site_knows_the_contract_and_not_the_backend() -> None:
    assert find_importers(SITE_MODULES, {"backend"}) == [name_file(COMPOSITION_ROOT)]


def test_the_backend_knows_nothing_of_the_site() -> None:
    assert find_importers(BACKEND_MODULES, {"web", "tests"}) == []


def test_what_serves_both_knows_neither() -> None:
    assert find_importers(SERVING_MODULES, {"web", "backend", "tests"}) == []


def test_the_languages_and_the_brand_know_neither() -> None:
    assert find_importers(SHARED_MODULES, {"web", "backend", "serving", "tests"}) == []


def find_importers(paths: Iterable[Path], packages: set[str]) -> list[str]:
    """Return the files that import any of these packages."""
    return [name_file(path) for path in paths if packages & set(imported_packages(path))]


def imported_packages(path: Path) -> Iterator[str]:
    """Also what is imported inside a function, or by its name."""
    for node in ast.walk(parse_module(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield (node.module or "").partition(".")[0]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("import_module", "importlib.import_module"):
            yield ast.unparse(node.args[0]).strip("'\"").partition(".")[0]


def test_handlers_never_see_htmx() -> None:
    asking = [name_file(path) for path in SITE_MODULES if any(map(asks_for_htmx, ast.walk(parse_module(path))))]
    assert asking == ["web/http/htmx.py"]


def asks_for_htmx(node: ast.AST) -> bool:
    """Whether something is called with the name of a header that htmx sends."""
    named = node.args[:1] if isinstance(node, ast.Call) else []
    return any(isinstance(arg, ast.Constant) and str(arg.value).lower().startswith("hx-request") for arg in named)


def test_the_environment_is_read_in_one_place() -> None:
    reading = find_lines(SITE_MODULES, re.compile(r"\bos\.(environ|getenv)\b"))
    assert [path for path in reading if not path.endswith(("/settings.py", "/asgi.py"))] == []


UNBOUNDED = re.compile(
    r"\b(request|connection)\.(cookies|form)\b|(?<!web\.)http\.cookies|^(import|from) email\.parser", re.MULTILINE
)


def test_a_strangers_cookies_and_forms_meet_no_parser_without_bounds() -> None:
    """Starlette reads cookies with Python's own, and forms of a thousand parts; ours: signed_cookies.py and body.py."""
    assert find_lines([*SITE_MODULES, *BACKEND_MODULES, *SERVING_MODULES], UNBOUNDED) == []


def find_lines(paths: Iterable[Path], pattern: re.Pattern[str]) -> list[str]:
    """Return the files in which the pattern is found."""
    return [name_file(path) for path in paths if pattern.search(path.read_text("utf-8"))]


def test_one_function_alone_opens_sessions() -> None:
    """So every way in meets two-step verification."""
    calls = {(path.name, caller, name) for path in BACKEND_MODULES for caller, name in find_calls(path)}
    inserting = {call[:2] for call in calls if call[2].endswith("sessions.insert")}
    assert inserting == {("sessions.py", "_insert_session")}
    assert {call[:2] for call in calls if call[2] == "_insert_session"} == {("sessions.py", "open_session")}
    naming = [path for path in BACKEND_MODULES if re.search(r"insert\((tables\.)?sessions\)", path.read_text("utf-8"))]
    assert [path.name for path in naming] == ["sessions.py"]


def test_sessions_end_together_with_log_ins_that_wait_for_their_second_step() -> None:
    calls = {(path.name, caller, name) for path in BACKEND_MODULES for caller, name in find_calls(path)}
    ending = {call[:2] for call in calls if call[2].endswith("sessions.end_all")}
    assert ending == {("log_out.py", "end_log_ins"), ("log_out.py", "end_other_log_ins")}


def find_calls(path: Path) -> Iterator[tuple[str, str]]:
    """Each call in a function: the function's name, and what is called."""
    for function in ast.walk(parse_module(path)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Call):
                    yield function.name, ast.unparse(node.func)


SECRET = re.compile(r"(?:^|_)(token|password|password_hash|client_key|secret_keys?)$")


def test_what_is_secret_is_not_shown_with_what_holds_it() -> None:
    """A `repr` ends up in tracebacks, messages and debuggers."""
    shown = [
        f"{name_file(path)}: {name}"
        for path in [*SITE_MODULES, *BACKEND_MODULES, *SERVING_MODULES]
        for name, value in fields_of_dataclasses(path)
        if SECRET.search(name) and "repr=False" not in value
    ]
    assert shown == []


def fields_of_dataclasses(path: Path) -> Iterator[tuple[str, str]]:
    """Each with what stands behind its `=`."""
    for node in ast.walk(parse_module(path)):
        if isinstance(node, ast.ClassDef) and any("dataclass" in ast.unparse(mark) for mark in node.decorator_list):
            for part in node.body:
                if isinstance(part, ast.AnnAssign):
                    yield ast.unparse(part.target), ast.unparse(part.value) if part.value else ""
