"""Takes a picture of every page in every state, phone and desktop, light and dark, and one page of them all.

`python -m tests.gallery [FOLDER]`; the folder is `var/gallery` unless given.
"""

from __future__ import annotations

import sys
import tempfile
from html import escape
from pathlib import Path

from playwright.sync_api import Browser

from tests.browser.chromium import DESKTOP, PHONE, browser
from tests.gallery.sites import Sites, sites
from tests.gallery.states import STATES, State

LOOKS = [(device, scheme) for device in ("desktop", "phone") for scheme in ("light", "dark")]
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Gallery</title>
<style>body { font: 1rem system-ui; margin: 2rem; background: #888 } h2 { margin: 2rem 0 .5rem }
div { display: flex; gap: 1rem; align-items: start; overflow-x: auto } img { max-height: 50rem }</style>
<h1>Every page in every state</h1>"""


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "var/gallery")
    folder.mkdir(parents=True, exist_ok=True)
    with browser() as chromium, tempfile.TemporaryDirectory() as data, sites(chromium, Path(data)) as shown:
        for state in STATES:
            for device, scheme in LOOKS:
                take(chromium, shown, state, device, scheme, folder)
            print(state.name, flush=True)
    (folder / "index.html").write_text(PAGE + "".join(map(row, STATES)), encoding="utf-8")
    print(f"{len(STATES) * len(LOOKS)} pictures: {folder / 'index.html'}")
    return 0


def take(chromium: Browser, shown: Sites, state: State, device: str, scheme: str, folder: Path) -> None:
    context = chromium.new_context(
        storage_state=shown.members.get(state.member),
        java_script_enabled=state.javascript,
        viewport=PHONE if device == "phone" else DESKTOP,
        is_mobile=device == "phone",
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    state.reach(page, shown)
    page.screenshot(path=folder / picture(state, device, scheme), full_page=not page.locator("dialog[open]").count())
    context.close()


def picture(state: State, device: str, scheme: str) -> str:
    return f"{state.name.replace(',', '').replace(' ', '-')}.{device}.{scheme}.png"


def row(state: State) -> str:
    images = "".join(
        f'<img src="{picture(state, *look)}" alt="{escape(" ".join(look))}" loading="lazy">' for look in LOOKS
    )
    return f"<h2>{escape(state.name)}</h2><div>{images}</div>"


if __name__ == "__main__":
    sys.exit(main())
