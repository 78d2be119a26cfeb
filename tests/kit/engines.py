"""The engines other than Chromium's, and which of them this machine lacks."""

from __future__ import annotations

import shutil

from tests.kit.display import PROGRAM
from tests.kit.marionette import find_firefox
from tests.kit.webkit import find_webkit

ENGINES = ("firefox", "webkit", "firefox-without-js")
WITH_JAVASCRIPT = ("firefox", "webkit")


def find_missing() -> list[str]:
    """Return the Debian packages of what is missing."""
    found = {"firefox-esr": find_firefox(), "webkit2gtk-driver": find_webkit(), "xvfb": shutil.which(PROGRAM)}
    return [package for package, program in found.items() if not program]
