"""Altogic's client leads a browser to a provider and takes the session when it is back: a page of another origin."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.contract.altogic.conftest import Served
from tests.contract.altogic.pages import Frontend
from tests.kit.chromium import new_context
from tests.kit.lies import CLIENT_ID
from tests.kit.lying_provider import SECRET, LyingProvider
from tests.kit.other_providers import OtherProviders, name_settings
from tests.kit.stand_ins import serve_stand_in

pytestmark = pytest.mark.both_databases

ADA = {"sub": "google-1", "name": "Ada", "email": "ada@gmail.com"}
AT_GOOGLE: dict[str, object] = {}  # who is logged in there


@pytest.fixture(scope="module")
def backend(serving: Callable[..., Served], ours: Frontend) -> Iterator[Served]:
    """It offers Google, and Apple and GitHub at `localhost`, which is another site to a browser."""
    AT_GOOGLE.update(ADA)
    google, others = LyingProvider(now, person=AT_GOOGLE), OtherProviders(now)
    others.people["github"] = {"id": 42, "login": "grace"}
    others.people["github-addresses"] = [{"email": "grace@example.com", "primary": True, "verified": True}]
    with ExitStack() as stack:
        google.url = stack.enter_context(serve_stand_in(google.make_app()))
        others.url = stack.enter_context(serve_stand_in(others.make_app())).replace("127.0.0.1", "localhost")
        settings = {"GOOGLE_CLIENT_ID": CLIENT_ID, "GOOGLE_CLIENT_SECRET": SECRET}
        settings |= {"GOOGLE_ISSUER": f"{google.url}/plain", **name_settings(others.url, others.apple_key)}
        landing = {"REDIRECT_URL": f"{ours.origin}/", "ALLOWED_ORIGINS": ours.origin}
        served = serving(**settings, **landing)
        ours.talks_to(served.url)
        yield served


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def page(chromium: Browser, backend: Served, ours: Frontend) -> Iterator[Page]:  # noqa: ARG001
    with new_context(chromium, ours.origin) as context:
        page = context.new_page()
        page.goto("/")
        yield page


@pytest.mark.parametrize(
    ("provider", "email", "number"),
    [
        ("google", "ada@gmail.com", "google-1"),
        ("github", "grace@example.com", "42"),
        ("apple", "x@privaterelay.example.com", "ada.apple"),
    ],
)
def test_whoever_comes_back_is_logged_in(page: Page, provider: str, email: str, number: str) -> None:
    """Apple's page posts a form from another site, on which the cookie of the log-in does not come along."""
    for _ in range(2):  # the second time the account is there
        page.evaluate(f"auth.signInWithProvider('{provider}')")
        expect(page.get_by_role("status")).to_have_text("Welcome.")
        user = page.evaluate("auth.getUser()")
        expected = {"email": email, "provider": provider, "providerUserId": number}
        assert user | expected == user
        refused = page.evaluate("auth.changeEmail('no password of theirs', 'new@example.com')")["errors"]
        assert (refused["status"], refused["items"][0]["code"]) == (401, "invalid_provider")
        assert page.evaluate("auth.getUser()") == user
        page.evaluate("auth.signOut()")
        page.evaluate("auth.clearLocalData()")
    assert page.context.cookies() == []


def test_whose_address_has_an_account_is_told_so(page: Page, backend: Served) -> None:
    backend.client().succeeds("signUpWithEmail", "taken@gmail.com", "three unrelated words", "Ada")
    backend.presses("taken@gmail.com")
    AT_GOOGLE.update(sub="google-2", email="taken@gmail.com")
    page.evaluate("auth.signInWithProvider('google')")
    expect(page.get_by_role("status")).to_contain_text("An account with the same email already exists.")
    assert page.evaluate("auth.getSession()") is None
