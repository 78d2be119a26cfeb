"""Takes a picture of every page in every state, phone and desktop, light and dark, and one page of them all.

`python -m tests.gallery [FOLDER]`; the folder is `var/gallery` unless given.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from tests.gallery.report import LOOKS, picture, write_index
from tests.gallery.sites import Sites, sites
from tests.gallery.states import STATES, State
from tests.kit.chromium import DESKTOP, MAIL_PROGRAM, PHONE, SMALL_PHONE, browser

# The pane of a mail program is narrower than a window; phones as small as any are what people still read mail on.
VIEWPORTS = {
    ("desktop", False): DESKTOP,
    ("phone", False): PHONE,
    ("desktop", True): MAIL_PROGRAM,
    ("phone", True): SMALL_PHONE,
}


def main() -> int:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "var/gallery")
    folder.mkdir(parents=True, exist_ok=True)
    with browser() as chromium, tempfile.TemporaryDirectory() as data, sites(Path(data)) as shown:
        for state in STATES:
            for device, scheme in LOOKS:
                take(chromium, shown, state, device, scheme, folder)
            print(state.name, flush=True)
    write_index(folder)
    print(f"{len(STATES) * len(LOOKS)} pictures: {folder / 'index.html'}")
    return 0


def take(chromium: Browser, shown: Sites, state: State, device: str, scheme: str, folder: Path) -> None:
    context = chromium.new_context(
        storage_state=shown.log_in(chromium, state.member),
        viewport=VIEWPORTS[device, state.is_letter],
        is_mobile=device == "phone",
        color_scheme="dark" if scheme == "dark" else "light",
    )
    page = context.new_page()
    state.reach(page, shown)
    page.screenshot(path=folder / picture(state, device, scheme), full_page=not page.locator("dialog[open]").count())
    context.close()


if __name__ == "__main__":
    sys.exit(main())
