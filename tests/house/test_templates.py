"""Templates hold no code, escape what people typed, and leave htmx to partials."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.source_files import name_file
from web.rendering.environment import environments

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = sorted(ROOT.glob("templates/**/*.html"))
PARTIALS = sorted(path for path in ROOT.glob("partials/**/*.html") if not path.name.startswith("_"))
ALL_HTML = sorted([*TEMPLATES, *ROOT.glob("partials/**/*.html"), *ROOT.glob("backend/**/*.html")])
TAG = re.compile(r"<([a-z][\w-]*)((?:[^<>]|\{[{%#].*?[}%#]\})*)>", re.IGNORECASE | re.DOTALL)
ATTRIBUTE = re.compile(r"""([\w:-]+)=(?:"([^"]*)"|'([^']*)')""")


def tags(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    source = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
    for tag, attributes in TAG.findall(source):
        yield tag.lower(), {name.lower(): double or single for name, double, single in ATTRIBUTE.findall(attributes)}


def is_code(name: str, value: str) -> bool:
    is_filter = name == "hx-trigger" and "[" in value
    return is_filter or name.startswith(("on", "hx-on", "data-hx-on")) or value.startswith(("js:", "javascript:"))


@pytest.mark.parametrize("path", ALL_HTML, ids=name_file)
def test_no_template_holds_script_style_or_handler(path: Path) -> None:
    if "messages" in path.parts:
        return  # a mail is no page: mail programs know no style sheets
    for tag, attributes in tags(path):
        assert tag != "style"
        assert tag != "script" or "src" in attributes
        assert "style" not in attributes
        assert not [name for name, value in attributes.items() if is_code(name, value)]


@pytest.mark.parametrize("path", TEMPLATES, ids=name_file)
def test_pages_are_layout_only_and_leave_htmx_to_their_partials(path: Path) -> None:
    used = {name for _tag, attributes in tags(path) for name in attributes if name.startswith(("hx-", "data-hx-"))}
    assert not used
    assert not re.search(r"\bforms\.open\([^%]*\binto=", path.read_text("utf-8"))  # the macro's word for them


@pytest.mark.parametrize("path", [*TEMPLATES, *PARTIALS], ids=name_file)
def test_every_form_that_posts_is_opened_by_the_macro(path: Path) -> None:
    """So none lacks its owner, nor what a double click needs."""
    assert all(attributes.get("method") == "dialog" for tag, attributes in tags(path) if tag == "form")


@pytest.mark.parametrize("path", PARTIALS, ids=name_file)
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


@pytest.mark.parametrize("path", ALL_HTML, ids=name_file)
def test_no_template_lets_through_what_people_typed_unescaped(path: Path) -> None:
    unescaped = set(re.findall(r"([\w.]+)\s*\|\s*safe\b", path.read_text("utf-8")))
    assert unescaped <= {"more"}  # attributes that the macros of _forms.html give each other
