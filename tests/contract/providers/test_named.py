"""Providers with ways of their own: who somebody is there, and when an address of theirs is believed."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.clock import Clock
from tests.kit.lies import CLIENT_ID
from tests.kit.lying_provider import PERSONAL, SECRET, LyingProvider
from tests.kit.other_providers import OtherProviders, name_settings
from tests.kit.providers import begins, goes, list_identities, logs_in, returns
from tests.kit.stand_ins import serve_stand_in

Named = tuple[Backend, OtherProviders]
ADA, TENANT = "ada@example.com", "11111111-2222-3333-4444-555555555555"
FACEBOOK = {"id": "42", "name": "Ada", "email": ADA}


@pytest.fixture
async def named(tmp_path: Path) -> AsyncIterator[Named]:
    clock = Clock()
    providers = OtherProviders(clock)
    with serve_stand_in(providers.make_app()) as providers.url:
        async with run_backend(tmp_path, clock, **name_settings(providers.url, providers.apple_key)) as backend:
            yield backend, providers


def address(email: str, *, primary: bool, verified: bool) -> dict[str, Any]:
    return {"email": email, "primary": primary, "verified": verified}


SCOPES = {
    "github": "read:user user:email",
    "facebook": "public_profile email",
    "twitter": "users.read tweet.read users.email",
    "discord": "identify email",
    "apple": "openid email name",
}


async def test_each_is_asked_for_a_code_and_for_who_somebody_is(named: Named) -> None:
    backend, _ = named
    for provider, scope in SCOPES.items():
        begun = await begins(backend, provider)
        asked = dict(httpx.URL(begun.headers["location"]).params)
        back = f"{backend.settings.public.url}/_auth/{provider}/callback"
        expected = {"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": back, "scope": scope}
        assert (begun.status_code, asked | expected) == (302, asked), provider
        assert len(asked["state"]) >= 43
        assert asked.get("response_mode") == ("form_post" if provider == "apple" else None)
        assert SECRET not in begun.headers["location"]


async def test_those_who_can_are_told_to_ask_which_account(named: Named) -> None:
    backend, _ = named
    for provider in SCOPES:
        expected = "select_account" if provider == "github" else None
        assert await find_prompt(backend, provider, prompt="select_account") == expected, provider
    for other in ({}, {"prompt": "none"}, {"prompt": "select_account consent"}, {"prompt": "<script>"}):
        assert await find_prompt(backend, "github", **other) is None, other


async def find_prompt(backend: Backend, provider: str, **query: str) -> str | None:
    """Returns what the provider is told to ask."""
    asked = dict(httpx.URL((await begins(backend, provider, **query)).headers["location"]).params)
    return asked.get("prompt")


async def test_github_s_number_is_who_it_is_and_its_primary_verified_address_counts(named: Named) -> None:
    backend, providers = named
    foreign = address("grace@example.com", primary=False, verified=True)
    providers.people["github"] = {"id": 42, "login": "ada", "name": None, "email": "public@example.com"}
    providers.people["github-addresses"] = [foreign, address(ADA, primary=True, verified=True)]
    ada = await logs_in(backend, "github")
    expected = {"email": ADA, "name": "ada", "provider": "github", "providerUserId": "42"}
    assert ada.body["user"] | expected == ada.body["user"]
    providers.people["github"]["login"] = "renamed"
    assert (await logs_in(backend, "github")).body["user"]["_id"] == ada.body["user"]["_id"]
    providers.people |= {"github": {"id": 43, "login": "ada"}, "github-addresses": [foreign]}
    assert (await goes(backend, "github")).query["code"] == "email_needed"
    providers.people["github-addresses"] = [address("new@example.com", primary=True, verified=False)]
    assert (await goes(backend, "github")).query["code"] == "email_needed"
    for number in ("42", True, None):
        providers.people["github"]["id"] = number
        assert (await goes(backend, "github")).query["code"] == "provider_refused", number


async def test_an_error_with_status_200_and_a_code_that_was_used_are_refusals(named: Named) -> None:
    backend, providers = named
    begun = await begins(backend, "github")
    callback = "/_auth/github/callback"
    state = httpx.URL(begun.headers["location"]).params["state"]
    providers.people |= {"github": {"id": 42, "login": "ada"}, "github-addresses": []}
    landing = await returns(backend, f"{callback}?code=made-up&state={state}")
    assert (landing.query["code"], "their" in landing.url) == ("provider_refused", False)
    cancelled = await begins(backend, "github")
    state = httpx.URL(cancelled.headers["location"]).params["state"]
    landing = await returns(backend, f"{callback}?error=access_denied&error_description=<b>&state={state}")
    assert (landing.query["code"], landing.query["error"]) == ("permission_denied", "The login was cancelled.")


async def test_facebook_vouches_for_no_address_x_and_discord_for_verified_ones(named: Named) -> None:
    backend, providers = named
    providers.people["facebook"] = FACEBOOK
    assert (await goes(backend, "facebook")).query["code"] == "email_needed"
    providers.people["twitter"] = {"data": {"id": "42", "name": "Ada", "confirmed_email": "x@example.com"}}
    assert (await logs_in(backend, "twitter")).body["user"]["email"] == "x@example.com"
    providers.people["twitter"] = {"data": {"id": "43", "name": "Ada"}}
    assert (await goes(backend, "twitter")).query["code"] == "email_needed"
    discord = {"id": "42", "username": "ada", "global_name": "Ada", "email": "d@example.com", "verified": True}
    providers.people["discord"] = discord
    assert (await logs_in(backend, "discord")).body["user"]["email"] == "d@example.com"
    providers.people["discord"] = discord | {"id": "43", "verified": False}
    assert (await goes(backend, "discord")).query["code"] == "email_needed"


async def posts(backend: Backend, begun: httpx.Response, **more: str) -> httpx.Response:
    """Lets Apple's page post its form, as a browser does: without a cookie, for it comes from another site."""
    async with httpx.AsyncClient(trust_env=False) as browser:
        told = (await browser.get(begun.headers["location"])).json()
    without = {"Cookie": "nothing=of-ours"}
    return await backend.http.post(told["action"], data={**told["form"], **more}, headers=without)


async def test_apple_posts_a_form_and_says_the_name_once(named: Named) -> None:
    backend, _ = named
    posted = await posts(backend, await begins(backend, "apple"))
    assert posted.status_code == 303
    assert "code-0" not in posted.headers["location"]
    assert "samesite=none" not in posted.headers["set-cookie"].lower()
    landing = await returns(backend, posted.headers["location"])
    ada = await backend.grants(landing.token)
    expected = {"email": "x@privaterelay.example.com", "emailVerified": True, "name": "Ada Lovelace"}
    assert ada.body["user"] | expected == ada.body["user"]
    assert dict(backend.http.cookies) == {}
    again = await returns(backend, (await posts(backend, await begins(backend, "apple"))).headers["location"])
    assert (await backend.grants(again.token)).body["user"]["name"] == "Ada Lovelace"


async def test_a_form_without_a_log_in_or_with_too_much_comes_to_nothing(named: Named) -> None:
    backend, _ = named
    begun = await begins(backend, "apple")
    other = await backend.http.post("/_auth/apple/callback", data={"code": "a", "state": "of-no-login"})
    assert (await returns(backend, other.headers["location"])).query["code"] == "login_expired"
    # A few of them beside each other are more than a proxy takes: anybody's page could shut Ada out.
    assert not [name for name in backend.http.cookies if "posted" in name]
    long = await posts(backend, begun, code="x" * 5_000)
    assert (await returns(backend, long.headers["location"])).query["code"] == "provider_refused"
    assert (await backend.http.post("/_auth/apple/callback", content=b"x" * 40_000)).status_code == 413
    assert (await backend.http.post("/_auth/github/callback", data={"code": "a"})).status_code == 405


async def run_as(folder: Path, clock: Clock, url: str, name: str) -> Any:
    settings = {f"{name}_CLIENT_ID": CLIENT_ID, f"{name}_CLIENT_SECRET": SECRET, f"{name}_ISSUER": url}
    return run_backend(folder, clock, **settings)


async def test_google_is_believed_about_its_own_addresses_alone(tmp_path: Path) -> None:
    clock = Clock()
    provider = LyingProvider(clock)
    with serve_stand_in(provider.make_app()) as provider.url:
        async with await run_as(tmp_path, clock, f"{provider.url}/plain", "GOOGLE") as backend:
            asked = httpx.URL((await begins(backend, "google")).headers["location"]).params
            assert asked["scope"] == "openid email profile"
            assert await find_prompt(backend, "google", prompt="select_account") == "select_account"
            provider.person |= {"email": "ada@gmail.com"}
            assert (await logs_in(backend, "google")).body["user"]["email"] == "ada@gmail.com"
            provider.person |= {"sub": "work", "email": "ada@work.example", "hd": "work.example"}
            assert (await logs_in(backend, "google")).body["user"]["email"] == "ada@work.example"
            provider.person |= {"sub": "other", "email": "ada@example.com", "hd": ""}
            assert (await goes(backend, "google")).query["code"] == "email_needed"


async def test_microsoft_has_an_issuer_for_each_tenant_and_is_believed_about_no_address(tmp_path: Path) -> None:
    """nOAuth: the address is what a tenant's administrator has typed."""
    clock = Clock()
    provider = LyingProvider(clock)
    with serve_stand_in(provider.make_app()) as provider.url:
        async with await run_as(tmp_path, clock, f"{provider.url}/common/v2.0", "MICROSOFT") as backend:
            provider.tenant = TENANT
            assert (await goes(backend, "microsoft")).query["code"] == "email_needed"
            assert await find_prompt(backend, "microsoft", prompt="select_account") == "select_account"
            provider.tenant = "no tenant"
            assert (await goes(backend, "microsoft")).query["code"] == "provider_refused"
            provider.tenant = TENANT
            provider.person["tid"] = "99999999-2222-3333-4444-555555555555"  # and the issuer of the first
            assert (await goes(backend, "microsoft")).query["code"] == "provider_refused"
            provider.person["tid"] = f"{TENANT}/../other"
            assert (await goes(backend, "microsoft")).query["code"] == "provider_refused"


async def test_microsoft_lets_in_personal_accounts_alone_or_those_of_organizations_alone(tmp_path: Path) -> None:
    """Personal ones are all of one tenant, which its document for them names."""
    clock = Clock()
    provider = LyingProvider(clock)
    with serve_stand_in(provider.make_app()) as provider.url:
        for whose, tenant, other in (("consumers", PERSONAL, TENANT), ("organizations", TENANT, PERSONAL)):
            url = f"{provider.url}/{whose}/v2.0"
            async with await run_as(tmp_path / whose, clock, url, "MICROSOFT") as backend:
                provider.tenant = tenant
                assert (await goes(backend, "microsoft")).query["code"] == "email_needed"
                provider.tenant = other
                assert (await goes(backend, "microsoft")).query["code"] == "provider_refused"


async def test_one_that_is_not_offered_any_more_keeps_its_name(tmp_path: Path) -> None:
    clock = Clock()
    providers = OtherProviders(clock)
    providers.people["github"] = {"id": 42, "login": "ada"}
    providers.people["github-addresses"] = [address(ADA, primary=True, verified=True)]
    with serve_stand_in(providers.make_app()) as providers.url:
        settings = name_settings(providers.url, providers.apple_key)
        async with run_backend(tmp_path, clock, **settings, SECRET_KEY="the same") as before:
            session = (await logs_in(before, "github")).token
    async with run_backend(tmp_path, clock, SECRET_KEY="the same") as backend:
        (identity,) = await list_identities(backend, session)
        assert identity["provider"] == {"id": "github", "name": "GitHub"}
