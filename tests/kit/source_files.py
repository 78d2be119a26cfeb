"""The files of the repository, for tests that read them."""

from pathlib import Path

from tests.kit.serving import ROOT


def name_file(path: Path) -> str:
    """Return a file's path in the repository, by which a test names it."""
    return path.relative_to(ROOT).as_posix()
