"""How each state is looked at: the width of the window, the scheme of colours, and on which kind of site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from playwright.sync_api import Page, ViewportSize

from tests.gallery.states import State

NARROW, PHONE, MAIL_PROGRAM, DESKTOP = 320, 390, 600, 1280
HEIGHTS = {NARROW: 640, PHONE: 844, MAIL_PROGRAM: 800, DESKTOP: 800}


@dataclass(frozen=True)
class Look:
    width: int
    is_dark: bool = False
    has_forced_colours: bool = False

    @property
    def name(self) -> str:
        parts = {"forced": self.has_forced_colours, "dark": self.is_dark}
        return " ".join([str(self.width), *(name for name, holds in parts.items() if holds)])

    @property
    def viewport(self) -> ViewportSize:
        return ViewportSize(width=self.width, height=HEIGHTS[self.width])

    def show(self, page: Page) -> None:
        """Let the page be seen so, as it is: nothing is loaded anew."""
        scheme: Literal["dark", "light"] = "dark" if self.is_dark else "light"
        page.set_viewport_size(self.viewport)
        page.emulate_media(color_scheme=scheme, forced_colors="active" if self.has_forced_colours else "none")


# Each width in both schemes; what else people choose in the window where it does most.
ALL = (
    *(Look(width, is_dark=is_dark) for width in (DESKTOP, PHONE, NARROW) for is_dark in (False, True)),
    Look(DESKTOP, has_forced_colours=True),
    Look(PHONE, has_forced_colours=True, is_dark=True),
)
SOME = (Look(DESKTOP), Look(PHONE, is_dark=True), Look(NARROW))
LARGE = (Look(DESKTOP), Look(PHONE))
LETTERS = tuple(Look(width, is_dark=is_dark) for width in (MAIL_PROGRAM, NARROW) for is_dark in (False, True))
# Of sites and browsers: as they come, in German, in German where text is twice as large, and with an owner's look.
KINDS = {"": ALL, "German": SOME, "large": LARGE, "owned": SOME}


def looks_of(state: State, kind: str) -> tuple[Look, ...]:
    if not state.is_letter:
        return KINDS[kind] if not kind or not state.has_own_look else ()
    return () if kind else LETTERS
