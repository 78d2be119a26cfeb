"""A real Chromium: Playwright's own if it is installed, else the system's."""

from __future__ import annotations

import asyncio
import os
import shutil
from asyncio import AbstractEventLoop
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, ViewportSize, expect, sync_playwright

# The shell is the same engine without what a window has: it takes half of the processor's time.
SYSTEM_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = ViewportSize(width=1280, height=800)
PHONE = ViewportSize(width=390, height=844)
MAIL_PROGRAM = ViewportSize(width=600, height=800)
SMALL_PHONE = ViewportSize(width=320, height=640)
TIMEOUT = 10_000  # milliseconds; a step that takes longer is broken
expect.set_options(timeout=TIMEOUT)


@contextmanager
def browser(*arguments: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=executable(playwright),
            # The sandbox refuses to start for root.
            args=[*QUIET, *arguments, *(["--no-sandbox"] if is_root() else [])],
            # Playwright switches off what every visitor's Back button uses.
            ignore_default_args=["--disable-back-forward-cache"],
        )
        try:
            yield chromium
        finally:
            chromium.close()


@contextmanager
def mark_loop(loop: AbstractEventLoop | None) -> Iterator[None]:
    """Mark this loop as the one that runs in this thread, as Playwright does with its own between two calls, or none:
    asyncio refuses to run another while one is marked."""
    before = asyncio._get_running_loop()
    asyncio._set_running_loop(loop)
    try:
        yield
    finally:
        asyncio._set_running_loop(before)


@contextmanager
def new_context(
    chromium: Browser,
    site: str,
    *,
    javascript: bool = True,
    phone: bool = False,
    dark: bool = False,
    user_agent: str | None = None,
    locale: str = "en-GB",
    timezone_id: str | None = None,
) -> Iterator[BrowserContext]:
    """Create a browser profile whose relative addresses lead to the site: `context.new_page().goto("/login")`."""
    context = chromium.new_context(
        base_url=site,
        java_script_enabled=javascript,
        viewport=PHONE if phone else DESKTOP,
        is_mobile=phone,
        has_touch=phone,
        device_scale_factor=2 if phone else 1,
        color_scheme="dark" if dark else "light",
        locale=locale,
        timezone_id=timezone_id,
        user_agent=user_agent,
    )
    context.set_default_timeout(TIMEOUT)
    try:
        yield context
    finally:
        context.close()


def forget(page: Page) -> None:
    """Let a page, which others have used, be as a new one, alone in its profile.

    It stays at its site: elsewhere it would be in another process, in which all scripts are compiled anew.
    """
    context = page.context
    page.unroute_all(behavior="ignoreErrors")
    context.set_offline(False)
    page.goto(urljoin(page.url, "/healthz") if page.url.startswith("http") else "about:blank")
    for other in context.pages:
        if other is not page:
            other.close()
    page.emulate_media(media="screen", color_scheme="light")
    context.clear_permissions()
    context.clear_cookies()


def executable(playwright: Playwright) -> str | None:
    """None means Playwright's own."""
    if own_exists(playwright):
        return None
    found = next(filter(None, map(shutil.which, SYSTEM_NAMES)), None)
    if found is None:
        skip_or_fail("There is no Chromium here: `make test` installs one, or `playwright install chromium`.")
    return found


def own_exists(playwright: Playwright) -> bool:
    return Path(playwright.chromium.executable_path).exists()


def skip_or_fail(why: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(why)
    pytest.skip(why)


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0
