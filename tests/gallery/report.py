"""The gallery's page: every picture, and what Lighthouse said."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path

from tests.gallery.looks import KINDS, Look, looks_of
from tests.gallery.states import STATES, State

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Gallery</title>
<style>body { font: 1rem system-ui; margin: 2rem; background: #888 } h2 { margin: 2rem 0 .5rem }
div { display: flex; gap: 1rem; align-items: start; overflow-x: auto } img { max-height: 50rem }
table { border-collapse: collapse; background: #fff } th, td { padding: .25rem .75rem; text-align: start }</style>
<h1>Every page in every state</h1>"""


def write_index(folder: Path) -> None:
    """Of what is in the folder: pictures, and `lighthouse.json`."""
    parts = [PAGE, lighthouse(folder), *(row(state, folder) for state in STATES)]
    (folder / "index.html").write_text("".join(parts), encoding="utf-8")


def lighthouse(folder: Path) -> str:
    found = folder / "lighthouse.json"
    if not found.exists():
        return ""
    judged = json.loads(found.read_text(encoding="utf-8"))
    names = list(next(iter(judged.values()))["scores"])
    head = "".join(f"<th scope=col>{escape(name)}</th>" for name in ("page", *names))
    rows = "".join(_scores(page, [one["scores"][name] for name in names]) for page, one in judged.items())
    return f"<h2>Lighthouse</h2><table><tr>{head}</tr>{rows}</table>"


def _scores(page: str, scores: list[int]) -> str:
    return f"<tr><th scope=row>{escape(page)}</th>{''.join(f'<td>{score}</td>' for score in scores)}</tr>"


def row(state: State, folder: Path) -> str:
    looks = [(kind, look) for kind in KINDS for look in looks_of(state, kind)]
    taken = [(name_look(*each), picture(state, *each)) for each in looks]
    images = (f'<img src="{file}" alt="{name}" loading="lazy">' for name, file in taken if (folder / file).exists())
    return f"<h2>{escape(state.name)}</h2><div>{''.join(images)}</div>"


def picture(state: State, kind: str, look: Look) -> str:
    name = f"{state.name.replace(',', '')}.{name_look(kind, look)}".replace("%", "").replace(" ", "-")
    return f"{name}.png"


def name_look(kind: str, look: Look) -> str:
    return f"{kind} {look.name}".strip()


if __name__ == "__main__":
    write_index(Path("var/gallery"))
