"""Takes a picture of every page in every state into one folder, with one page of them all.

Each state is reached on a site as a newcomer has it, in German, in German where text is twice as large, and with the
look of the example in docs/. Then it is looked at in up to three widths, 320, 390 and 1280 pixels: English light and
dark in each, and in forced colours (light in 1280, dark in 390); German and an owner's look light in 1280 and 320, dark
in 390; text of 200 % in 1280 and 390. Letters are looked at in English, light and dark, 600 and 320 pixels wide.

Ends with 1 where a page is wider than its window.
"""

from __future__ import annotations

import sys
import tempfile
from argparse import ArgumentParser, Namespace, RawDescriptionHelpFormatter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from playwright.sync_api import Browser

from tests.gallery.looks import KINDS, Look, looks_of
from tests.gallery.report import name_look, picture, write_index
from tests.gallery.sites import Sites, read_example, sites
from tests.gallery.states import STATES, State
from tests.kit.chromium import browser

TWICE_AS_LARGE = "--blink-settings=defaultFontSize=32"
WIDTH = "document.documentElement.scrollWidth"


def main() -> int:
    wanted = read_arguments()
    wanted.folder.mkdir(parents=True, exist_ok=True)
    wide = [found for kind in wanted.kinds for found in take_kind(kind, wanted)]
    write_index(wanted.folder)
    print(f"{wanted.folder / 'index.html'}", *(f"wider than its window: {found}" for found in wide), sep="\n")
    return 1 if wide else 0


def read_arguments() -> Namespace:
    parser = ArgumentParser("python -m tests.gallery", description=__doc__, formatter_class=RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("var/gallery"), help="var/gallery unless given")
    parser.add_argument("--state", default="", help="only states with this word in their name")
    parser.add_argument("--kinds", nargs="*", choices=KINDS, default=list(KINDS), help="'' is the site as it comes")
    return parser.parse_args()


def take_kind(kind: str, wanted: Namespace) -> Iterator[str]:
    """Take all states on sites of one kind; return the names of pictures that are too narrow for their page."""
    arguments = [TWICE_AS_LARGE] if kind == "large" else []
    with browser(*arguments) as chromium, tempfile.TemporaryDirectory() as data, start(kind, Path(data)) as shown:
        for state in STATES:
            if wanted.state in state.name and (looks := looks_of(state, kind)):
                yield from take(chromium, shown, state, {picture(state, kind, look): look for look in looks}, wanted)
                print(name_look(kind, looks[0]), state.name, sep=": ", flush=True)


def start(kind: str, folder: Path) -> AbstractContextManager[Sites]:
    if kind == "owned":
        return sites(folder, read_example())
    return sites(folder, language="de" if kind else "en")


def take(chromium: Browser, shown: Sites, state: State, looks: dict[str, Look], wanted: Namespace) -> Iterator[str]:
    context = chromium.new_context(storage_state=shown.log_in(chromium, state.member), locale=shown.locale)
    page = context.new_page()
    state.reach(page, shown)
    for name, look in looks.items():
        look.show(page)
        whole = not page.locator("dialog[open]").count()
        page.screenshot(path=wanted.folder / name, full_page=whole, animations="disabled")
        if page.evaluate(WIDTH) > look.width:
            yield name
    context.close()


if __name__ == "__main__":
    sys.exit(main())
