"""The papers of the repository: every link leads somewhere, and every term of the glossary is where it says."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

from tests.kit.source_files import name_file

ROOT = Path(__file__).resolve().parent.parent.parent
PAPERS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
LINK = re.compile(r"\]\((?!https?://|mailto:)([^)#]*)(#[^)]*)?\)")
MENTIONED = re.compile(r"\b(?:docs/)?([a-z-]+\.md)\b")
ROW = re.compile(r"^\| ([^|]+) \| [^|]+ \| (`[^|]+`[^|]*) \|$", re.MULTILINE)


def test_every_link_of_a_paper_leads_somewhere() -> None:
    links = [(paper, *link) for paper in PAPERS for link in LINK.findall(paper.read_text("utf-8"))]
    assert [f"{name_file(link[0])}: {link[1]}{link[2]}" for link in links if not leads_somewhere(*link)] == []


def leads_somewhere(paper: Path, target: str, anchor: str) -> bool:
    path = (paper.parent / target).resolve() if target else paper
    return path.exists() and (not anchor or path.suffix != ".md" or anchor[1:] in anchors(path))


@cache
def anchors(paper: Path) -> set[str]:
    """The anchors of its headings, as forges make them."""
    headings = re.findall(r"^#+ (.+)$", paper.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_code_cites_no_paper_that_is_not_here() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    here = {Path(path).name for path in listed.splitlines() if path.endswith(".md")}
    for path in listed.splitlines():
        if path.endswith((".py", ".html", ".js", ".css", ".md")):
            text = (ROOT / path).read_text("utf-8") if (ROOT / path).exists() else ""
            assert set(MENTIONED.findall(text)) <= here, path


def terms() -> list[tuple[str, str]]:
    """Each term of the field with each place that the glossary names for it."""
    section = (ROOT / "docs" / "glossary.md").read_text("utf-8").split("\n## ")[1]
    return [(term, place) for term, places in ROW.findall(section) for place in re.findall(r"`([^`]+)`", places)]


def test_the_glossary_names_places() -> None:
    assert len(terms()) >= 15


def test_a_search_for_a_term_of_the_field_finds_its_line() -> None:
    """Written in code in any way: `rate limit`, `RateLimit`, `rate_limit`."""
    assert [f"{term}: {place}" for term, place in terms() if not is_found(term, place)] == []


def is_found(term: str, place: str) -> bool:
    path, _, symbol = place.partition(": ")
    text = read_all(path)
    pattern = re.sub(r"[ -/]", r"[\\s_/-]*", re.escape(term).replace("\\", ""))
    return re.search(pattern, text, re.IGNORECASE) is not None and symbol in text


@cache
def read_all(path: str) -> str:
    """Return the text of a file, or of all files in a folder."""
    files = [ROOT / path] if (ROOT / path).is_file() else [file for file in (ROOT / path).rglob("*") if file.is_file()]
    return "\n".join(file.read_text("utf-8", "replace") for file in files if "__pycache__" not in file.parts)
