"""The walls that keep the parts apart, and the rules that no single page could break unseen."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount, Route, Router

from web.app import PathRouter
from web.asgi import create
from web.guards import Guarded
from web.http.security import SecurityHeaders
from web.rendering.environment import environments
from web.routes import Endpoint, pages, public_routes, self_asking

ROOT = Path(__file__).resolve().parents[2]
SITE_MODULES = sorted(ROOT.glob("web/**/*.py"))
BACKEND_MODULES = sorted(ROOT.glob("backend/**/*.py"))
SERVING_MODULES = sorted(ROOT.glob("serving/**/*.py"))
SHARED_MODULES = sorted([*ROOT.glob("translations/*.py"), *ROOT.glob("branding/*.py")])
TEMPLATES = sorted(ROOT.glob("templates/**/*.html"))
PARTIALS = sorted(path for path in ROOT.glob("partials/**/*.html") if not path.name.startswith("_"))
ALL_HTML = sorted([*TEMPLATES, *ROOT.glob("partials/**/*.html"), *ROOT.glob("backend/**/*.html")])
COMPOSITION_ROOT = ROOT / "web" / "asgi.py"
FLOORS = {
    "starlette": (1, 10),
    "python-multipart": (0, 0, 34),
    "uvicorn": (0, 54),
    "h11": (0, 16),
    "pillow": (13,),
    "pillow-heif": (1, 8, 1),
    "jinja2": (3, 1, 6),
}
TAG = re.compile(r"<([a-z][\w-]*)((?:[^<>]|\{[{%#].*?[}%#]\})*)>", re.IGNORECASE | re.DOTALL)
ATTRIBUTE = re.compile(r"""([\w:-]+)=(?:"([^"]*)"|'([^']*)')""")


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# Site and backend


@pytest.mark.parametrize("path", [path for path in SITE_MODULES if path != COMPOSITION_ROOT], ids=shown)
def test_the_site_knows_the_contract_and_not_the_backend(path: Path) -> None:
    assert "backend" not in set(imported_packages(path))


@pytest.mark.parametrize("path", BACKEND_MODULES, ids=shown)
def test_the_backend_knows_nothing_of_the_site(path: Path) -> None:
    assert not {"web", "tests"} & set(imported_packages(path))


@pytest.mark.parametrize("path", SERVING_MODULES, ids=shown)
def test_what_serves_both_knows_neither(path: Path) -> None:
    assert not {"web", "backend", "tests"} & set(imported_packages(path))


@pytest.mark.parametrize("path", SHARED_MODULES, ids=shown)
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


@pytest.mark.parametrize("path", [path for path in SITE_MODULES if path.name != "htmx.py"], ids=shown)
def test_handlers_never_see_htmx(path: Path) -> None:
    read = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    asked = [str(arg.value).lower() for call in read for arg in call.args[:1] if isinstance(arg, ast.Constant)]
    assert not [name for name in asked if name.startswith("hx-request")]


@pytest.mark.parametrize(
    "path", [path for path in SITE_MODULES if path.name not in ("settings.py", "asgi.py")], ids=shown
)
def test_the_environment_is_read_in_one_place(path: Path) -> None:
    assert not re.search(r"\bos\.(environ|getenv)\b", path.read_text("utf-8"))


UNBOUNDED = re.compile(
    r"\b(request|connection)\.(cookies|form)\b|(?<!web\.)http\.cookies|^(import|from) email\.parser", re.MULTILINE
)


@pytest.mark.parametrize("path", [*SITE_MODULES, *BACKEND_MODULES, *SERVING_MODULES], ids=shown)
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


@pytest.mark.parametrize("path", [*SITE_MODULES, *BACKEND_MODULES, *SERVING_MODULES], ids=shown)
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


# Routes


def all_routes() -> list[Route]:
    return [*pages, *public_routes]


def named(route: Route) -> str:
    return f"{','.join(sorted(route.methods or {'*'}))} {route.path}"


@pytest.mark.parametrize("route", all_routes(), ids=named)
def test_no_route_is_without_a_guard(route: Route) -> None:
    assert is_guarded(route)


def is_guarded(route: Route) -> bool:
    """Whether the route answers GET, and POST where it takes one, through guards alone."""
    endpoint = getattr(route.endpoint, "__self__", None)
    return isinstance(endpoint, Endpoint) and all(
        isinstance(each, Guarded) for each in (endpoint.show, endpoint.submit or endpoint.show)
    )


def test_no_route_of_the_whole_application_is_without_a_guard(tmp_path: Path) -> None:
    site = create({"DATA_DIR": str(tmp_path)})
    assert isinstance(site, SecurityHeaders)
    assert isinstance(site.app, Starlette)
    served = list(everything_below(site.app.router))
    assert {route.path for route in all_routes()} < {route.path for route in served}
    assert all(is_guarded(route) for route in served)


def everything_below(router: object) -> Iterator[Route]:
    assert isinstance(router, Router), f"{router} is no router"
    for route in router.routes:
        assert isinstance(route, Route | Mount), f"{route} is neither a route nor a mount of routes"
        yield from [route] if isinstance(route, Route) else everything_below(route.app)
    if isinstance(router, PathRouter):
        yield from router.fixed.values()
    if router.default != router.not_found:
        yield from everything_below(router.default)


@pytest.mark.parametrize("path", sorted({route.path for route in all_routes() if "POST" in (route.methods or ())}))
def test_every_path_that_takes_a_post_answers_get(path: str) -> None:
    assert any(route.path == path and "GET" in (route.methods or ()) for route in all_routes())


def test_a_form_is_sent_unasked_where_it_has_a_shortcut_and_nowhere_else() -> None:
    endpoints = {route.path: getattr(route.endpoint, "__self__", None) for route in all_routes()}
    forms = {path: each.submit for path, each in endpoints.items() if isinstance(each, Endpoint) and each.submit}
    assert self_asking == {path for path, submit in forms.items() if submit.shortcut}


# Templates


def tags(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    source = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
    for tag, attributes in TAG.findall(source):
        yield tag.lower(), {name.lower(): double or single for name, double, single in ATTRIBUTE.findall(attributes)}


def is_code(name: str, value: str) -> bool:
    is_filter = name == "hx-trigger" and "[" in value
    return is_filter or name.startswith(("on", "hx-on", "data-hx-on")) or value.startswith(("js:", "javascript:"))


@pytest.mark.parametrize("path", ALL_HTML, ids=shown)
def test_no_template_holds_script_style_or_handler(path: Path) -> None:
    if "messages" in path.parts:
        return  # a mail is no page: mail programs know no style sheets
    for tag, attributes in tags(path):
        assert tag != "style"
        assert tag != "script" or "src" in attributes
        assert "style" not in attributes
        assert not [name for name, value in attributes.items() if is_code(name, value)]


@pytest.mark.parametrize("path", TEMPLATES, ids=shown)
def test_pages_are_layout_only_and_leave_htmx_to_their_partials(path: Path) -> None:
    used = {name for _tag, attributes in tags(path) for name in attributes if name.startswith(("hx-", "data-hx-"))}
    assert not used
    assert not re.search(r"\bforms\.open\([^%]*\binto=", path.read_text("utf-8"))  # the macro's word for them


@pytest.mark.parametrize("path", [*TEMPLATES, *PARTIALS], ids=shown)
def test_every_form_that_posts_is_opened_by_the_macro(path: Path) -> None:
    """So none lacks its owner, nor what a double click needs."""
    assert all(attributes.get("method") == "dialog" for tag, attributes in tags(path) if tag == "form")


@pytest.mark.parametrize("path", PARTIALS, ids=shown)
def test_a_partials_root_has_the_files_name(path: Path) -> None:
    """With its room in front where the name alone tells too little: `profile-name`."""
    _tag, attributes = next(tags(path))
    name = path.stem.replace("_", "-")
    expected = {name, f"{path.parent.name}-{name}"}
    if path.stem == "session_row":
        expected = {"session-{{ row.id }}"}  # the one that repeats on a page
    assert attributes.get("id") in expected


def test_templates_escape_what_people_typed() -> None:
    assert all(templates.autoescape is True for templates in environments().values())


@pytest.mark.parametrize("path", ALL_HTML, ids=shown)
def test_no_template_lets_through_what_people_typed_unescaped(path: Path) -> None:
    unescaped = set(re.findall(r"([\w.]+)\s*\|\s*safe\b", path.read_text("utf-8")))
    assert unescaped <= {"more"}  # attributes that the macros of _forms.html give each other


# What is in the repository


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
