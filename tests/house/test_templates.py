"""Templates hold no code, escape what people typed, and leave htmx to partials."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

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


def test_no_template_holds_script_style_or_handler() -> None:
    """Leaves out mails, which are no pages: mail programs know no style sheets."""
    pages = [path for path in ALL_HTML if "messages" not in path.parts]
    assert [name_file(path) for path in pages if any(holds_code(*tag) for tag in tags(path))] == []


def holds_code(tag: str, attributes: Mapping[str, str]) -> bool:
    is_inline = tag == "style" or (tag == "script" and "src" not in attributes) or "style" in attributes
    return is_inline or any(is_code(name, value) for name, value in attributes.items())


def test_pages_are_layout_only_and_leave_htmx_to_their_partials() -> None:
    assert [name_file(path) for path in TEMPLATES if uses_htmx(path)] == []


def uses_htmx(path: Path) -> bool:
    """By an attribute, or by the macro's word for them."""
    used = {name for _tag, attributes in tags(path) for name in attributes if name.startswith(("hx-", "data-hx-"))}
    return bool(used) or re.search(r"\bforms\.open\([^%]*\binto=", path.read_text("utf-8")) is not None


def test_every_form_that_posts_is_opened_by_the_macro() -> None:
    """So none lacks its owner, nor what a double click needs."""
    forms = [(path, form) for path in [*TEMPLATES, *PARTIALS] for tag, form in tags(path) if tag == "form"]
    assert [name_file(path) for path, form in forms if form.get("method") != "dialog"] == []


def test_a_partials_root_has_the_files_name() -> None:
    """With its room in front where the name alone tells too little: `profile-name`."""
    roots = {path: next(tags(path))[1].get("id", "") for path in PARTIALS}
    assert {name_file(path): root for path, root in roots.items() if root not in list_names(path)} == {}


def list_names(path: Path) -> set[str]:
    """Return the ids that the root of a partial may have."""
    if path.stem == "session_row":
        return {"session-{{ row.id }}"}  # the one that repeats on a page
    name = path.stem.replace("_", "-")
    return {name, f"{path.parent.name}-{name}"}


def test_templates_escape_what_people_typed() -> None:
    assert all(templates.autoescape is True for templates in environments().values())


def test_no_template_lets_through_what_people_typed_unescaped() -> None:
    """But for `more`: attributes that the macros of _forms.html give each other."""
    unescaped = {path: set(re.findall(r"([\w.]+)\s*\|\s*safe\b", path.read_text("utf-8"))) for path in ALL_HTML}
    assert {name_file(path): names for path, names in unescaped.items() if names - {"more"}} == {}
