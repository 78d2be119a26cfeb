"""A certified provider of OpenID Connect, with pages of its own, at a site that offers it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page

from tests.kit.browser_steps import open_page
from tests.kit.mailbox import free_port
from tests.kit.providers import name_settings
from tests.kit.serving import ROOT, launch_command, serve_site

PROGRAM = ROOT / "tests" / "kit" / "openid_provider.mjs"
DESCRIPTION = "/.well-known/openid-configuration"
NAME = "Acme"


@contextmanager
def serve_with_provider(folder: Path, **environ: str) -> Iterator[str]:
    """A site with one provider; yields the site's address."""
    port = str(free_port())
    callback = f"http://127.0.0.1:{port}/_auth/{NAME.lower()}/callback"
    command = ["node", "--no-warnings", str(PROGRAM), callback]
    with launch_command(command, {}, folder, path=DESCRIPTION) as launched:
        offered = name_settings(NAME.upper(), launched.wait().url, NAME)
        settings = {"DATA_DIR": str(folder / "var"), "LIMIT_FACTOR": "1000", "PORT": port, **offered, **environ}
        with serve_site(settings, folder) as site:
            yield site


@contextmanager
def open_page_there(chromium: Browser, site: str, **options: Any) -> Iterator[Page]:
    """Do as `open_page`. The provider's pages ask for a font from far away, which they are given nothing of."""
    with open_page(chromium, site, **options) as page:
        page.context.route("https://fonts.googleapis.com/**", lambda route: route.fulfill(body=""))
        yield page


def log_in_there(page: Page, login: str, *, agrees: bool = True) -> None:
    """On the provider's own pages: who it is, and, where that is asked, that the site may know it."""
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=password]").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    if agrees:
        page.get_by_role("button", name="Continue").click()


def refuse_there(page: Page) -> None:
    page.get_by_role("link", name="Cancel").click()
