"""The files of the repository, for tests that read them."""

import ast
from functools import cache
from pathlib import Path

from tests.kit.serving import ROOT


def name_file(path: Path) -> str:
    """Return a file's path in the repository, by which a test names it."""
    return path.relative_to(ROOT).as_posix()


@cache
def parse_module(path: Path) -> ast.Module:
    """Parse a file of Python: once, for many tests look at the same ones. Nobody changes what is returned."""
    return ast.parse(path.read_text("utf-8"))
