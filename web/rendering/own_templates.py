"""Checks of the templates in THEME_DIR, so that the start tells what a visitor would otherwise meet."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import jinja2
from jinja2 import meta, nodes

from serving.settings import SettingsError
from translations import SOURCE
from web.rendering.environment import FOLDERS, OURS, Templates, environment, environments


def check_own_templates(theme: Path) -> None:
    """Compile each template in each language. Raises SettingsError for one that cannot be used."""
    names = list(_list_names(theme))
    for templates in environments(theme).values():
        for name in names:
            _check(templates, name)
    _check_variables(environment(SOURCE, theme), names)


def _list_names(theme: Path) -> Iterator[str]:
    for folder in FOLDERS:
        for path in sorted((theme / folder).rglob("*")):
            if path.is_file() and not path.name.startswith("."):
                yield path.relative_to(theme).as_posix()


def _check(templates: Templates, name: str) -> None:
    if not name.endswith(".html"):
        raise SettingsError(f"THEME_DIR: must hold templates that end with .html, not {name!r}")
    try:
        templates.get_template(name)
        _check_names(templates, name)
    except (jinja2.TemplateError, UnicodeDecodeError, RecursionError, _MistakeError) as error:
        line = f", line {error.lineno}," if isinstance(error, jinja2.TemplateSyntaxError) else ""
        raise _make_error(f"{name}{line}", _one_line(error)) from None


def _make_error(template: str, reason: str) -> SettingsError:
    return SettingsError(f"THEME_DIR: the template {template} cannot be used: {reason}")


class _MistakeError(Exception):
    """A template names what is not there."""


def _check_names(templates: Templates, name: str) -> None:
    """Find the templates that one names, and in the one it builds on the blocks that it fills."""
    tree = _parse(templates, name)
    known = set(templates.list_templates())
    for other in meta.find_referenced_templates(tree):
        if other and other not in known:
            raise _MistakeError(f"there is no template {other!r}")
        if other == name:
            raise _MistakeError(f"it is named within itself; ours is {OURS}/{name}")
    for parent in tree.find_all(nodes.Extends):
        if isinstance(parent.template, nodes.Const):
            unknown = _find_blocks(templates, name, own_only=True) - _find_blocks(templates, parent.template.value)
            if unknown:
                raise _MistakeError(f"there is no block {min(unknown)!r} in {parent.template.value}")


def _check_variables(templates: Templates, names: Sequence[str]) -> None:
    """Find what a template shows although none of ours is given it and none of the owner's sets it.

    Raises SettingsError.
    """
    own = {name: _parse(templates, name) for name in names}
    ours = [_parse(templates, name) for name in templates.list_templates() if name.startswith(f"{OURS}/")]
    known = {name for tree in ours for name in meta.find_undeclared_variables(tree)}
    known |= {node.name for tree in own.values() for node in tree.find_all(nodes.Name) if node.ctx != "load"}
    for name, tree in own.items():
        if unknown := meta.find_undeclared_variables(tree) - known:
            raise _make_error(name, f"nothing is named {min(unknown)!r}")


def _find_blocks(templates: Templates, name: str, *, own_only: bool = False) -> set[str]:
    """Return the names of the blocks of a template, and of those that it builds on. One within another is new."""
    tree = _parse(templates, name)
    outer = {block.name for block in tree.body if isinstance(block, nodes.Block)}
    if own_only:
        return outer
    parents = [node.template.value for node in tree.find_all(nodes.Extends) if isinstance(node.template, nodes.Const)]
    inherited = (_find_blocks(templates, parent) for parent in parents)
    return {block.name for block in tree.find_all(nodes.Block)}.union(*inherited)


def _parse(templates: Templates, name: str) -> nodes.Template:
    assert templates.loader  # noqa: S101  # there is one
    return templates.parse(templates.loader.get_source(templates, name)[0])


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
