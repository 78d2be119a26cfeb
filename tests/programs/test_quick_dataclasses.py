"""Frozen dataclasses that a start makes quickly are what those of the standard library are."""

from __future__ import annotations

import ast
import dataclasses
from pathlib import Path

import pytest

from serving.quick_dataclasses import dataclass
from tests.kit.serving import ROOT
from tests.kit.source_files import parse_module

PROGRAMS = sorted(path for top in ("web", "backend", "serving") for path in (ROOT / top).rglob("*.py"))


@dataclass(frozen=True)
class Account:
    name: str
    password: str = dataclasses.field(default="", repr=False)
    age: int = dataclasses.field(default=0, compare=False)


@dataclass(frozen=True)
class Guest(Account):
    pass


@dataclasses.dataclass(frozen=True)
class Standard:
    name: str
    password: str = dataclasses.field(default="", repr=False)
    age: int = dataclasses.field(default=0, compare=False)


def test_two_with_the_same_fields_are_one() -> None:
    assert Account("Ada", "secret", 36) == Account("Ada", "secret", 37)
    assert len({Account("Ada"), Account("Ada"), Account("Grace")}) == 2
    assert Account("Ada") != Account("Grace")
    assert Account("Ada") != Guest("Ada")
    assert hash(Account("Ada", age=1)) == hash(Standard("Ada"))


def test_a_secret_is_not_shown() -> None:
    assert repr(Account("Ada", "secret", 36)) == repr(Standard("Ada", "secret", 36)).replace("Standard", "Account")
    assert "secret" not in repr(Account("Ada", "secret"))


def test_it_is_replaced_and_taken_apart_as_any() -> None:
    assert dataclasses.replace(Account("Ada"), name="Grace") == Account("Grace")
    assert dataclasses.asdict(Account("Ada", "secret", 36)) == {"name": "Ada", "password": "secret", "age": 36}
    with pytest.raises(TypeError):
        hash(Account(["Ada"]))  # type: ignore[arg-type]


def test_no_program_makes_frozen_ones_slowly() -> None:
    slow = [path.relative_to(ROOT).as_posix() for path in PROGRAMS if imports_standard(path) and has_frozen(path)]
    assert slow == []


def imports_standard(path: Path) -> bool:
    nodes = ast.walk(parse_module(path))
    found = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.module == "dataclasses"]
    return any(alias.name == "dataclass" for node in found for alias in node.names)


def has_frozen(path: Path) -> bool:
    decorators = [
        ast.unparse(decorator)
        for node in ast.walk(parse_module(path))
        if isinstance(node, ast.ClassDef)
        for decorator in node.decorator_list
    ]
    return "dataclass(frozen=True)" in decorators
