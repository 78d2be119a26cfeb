"""The way to a provider and back, in Firefox and WebKit: each follows redirects after a form, and leaves a page that
leads on by itself, in its own way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.gallery.sites import Sites
from tests.kit.browser_steps import new_address
from tests.kit.engines import ENGINES
from tests.kit.marionette import open_firefox
from tests.kit.people import Person
from tests.kit.provider_steps import becomes
from tests.kit.webkit import open_webkit
from tests.kit.window import Window, expect


@pytest.fixture(params=ENGINES)
def guest(request: pytest.FixtureRequest, gallery_sites: Sites) -> Iterator[Window]:
    offering_site = gallery_sites.offering
    becomes(gallery_sites.provider, Person(new_address(), "Ada"))
    engine = str(request.param)
    if engine == "webkit":
        opened = open_webkit(request.getfixturevalue("webkit"), offering_site)
    else:
        opened = open_firefox(request.getfixturevalue("firefox"), offering_site, javascript=engine == "firefox")
    with opened as guest:
        yield guest


def test_ada_logs_in_and_back_leads_her_not_forward_again(guest: Window) -> None:
    guest.open("/login")
    guest.click("#with-acme")
    expect(lambda: guest.path, "/profile")
    expect(lambda: guest.read("#who strong"), "Ada")
    guest.go_back()
    expect(lambda: guest.path, "/profile")  # the log-in is for guests
