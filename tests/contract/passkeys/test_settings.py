"""What passkeys are bound to: by the settings alone, never by a request."""

from pathlib import Path

import pytest

from backend.operations.checking import describe_passkeys
from backend.settings import Settings, SettingsError
from tests.kit.backend import run_backend
from tests.kit.passkeys import BROWSER
from web.settings import Settings as SiteSettings

pytestmark = pytest.mark.only_on("sqlite")

IN_PRODUCTION = {
    "SECRET_KEY": "k" * 40,
    "ALTOGIC_CLIENT_KEY": "c" * 40,
    "TRUSTED_PROXIES": "none",
    "MAIL_FROM": "accounts@example.com",
}
BOUND_TO = {
    "http://127.0.0.1:8000": ("localhost", "http://localhost:8000"),
    "http://localhost:8000": ("localhost", "http://localhost:8000"),
    "http://127.0.0.9:8000": ("localhost", "http://localhost:8000"),
    "http://[::1]:8000": ("localhost", "http://localhost:8000"),
    "http://localhost": ("localhost", "http://localhost"),
    "https://account.example.com": ("account.example.com", "https://account.example.com"),
    "https://account.example.com:8443": ("account.example.com", "https://account.example.com:8443"),
    "https://192.0.2.7": None,
    "https://[2001:db8::7]": None,
}


def read(tmp_path: Path, url: str, **environ: str) -> Settings:
    """The settings of a backend in a site."""
    given = {"DATA_DIR": str(tmp_path), "PUBLIC_URL": url, **IN_PRODUCTION, **environ}
    return Settings.from_environment(given, site=SiteSettings.from_environment(given))


@pytest.mark.parametrize(("url", "bound_to"), BOUND_TO.items())
def test_they_are_bound_to_where_people_open_the_site(
    tmp_path: Path, url: str, bound_to: tuple[str, str] | None
) -> None:
    settings = read(tmp_path, url)
    party = settings.passkeys.relying_party
    assert (party and (party.id, party.origin)) == bound_to
    assert bool(describe_passkeys(settings)) is (bound_to is None)


def test_a_backend_by_itself_looks_at_where_its_links_lead(tmp_path: Path) -> None:
    given = {"DATA_DIR": str(tmp_path), "PUBLIC_URL": "https://api.example.com", **IN_PRODUCTION}
    for url, origin in (
        ("https://www.example.com/auth-redirect", "https://www.example.com"),
        ("http://www.example.com/auth-redirect", None),
        ("com.example.app://auth", None),
    ):
        party = Settings.from_environment({**given, "REDIRECT_URL": url}).passkeys.relying_party
        assert (party and party.origin) == origin, url


def test_a_domain_above_the_host_can_be_chosen(tmp_path: Path) -> None:
    settings = read(tmp_path, "https://account.example.com", PASSKEY_DOMAIN="Example.com")
    party = settings.passkeys.relying_party
    assert party is not None
    assert (party.id, party.origin) == ("example.com", "https://account.example.com")


@pytest.mark.parametrize("domain", ["com", "example.org", "ample.com", "count.example.com", "192.0.2.7", "a b", ".com"])
def test_any_other_domain_is_refused_at_the_start(tmp_path: Path, domain: str) -> None:
    with pytest.raises(SettingsError, match=r"^PASSKEY_DOMAIN: must be [^\n]*$"):
        read(tmp_path, "https://account.example.com", PASSKEY_DOMAIN=domain)


async def test_the_capabilities_say_what_they_are_bound_to(tmp_path: Path) -> None:
    async with run_backend(tmp_path) as backend:
        told = (await backend.get("/account/capabilities")).body
    assert told["passkeys"] == {"rpId": "localhost", "origin": "http://localhost:8000"}
    assert "account.passkeys" in told["features"]


async def test_where_there_are_none_nothing_is_offered(tmp_path: Path) -> None:
    async with run_backend(tmp_path, REDIRECT_URL="https://192.0.2.7/auth-redirect") as backend:
        told = (await backend.get("/account/capabilities")).body
        assert (told["passkeys"], "account.passkeys" in told["features"]) == (None, False)
        asked = await backend.post("/account/passkeys/options", {"purpose": "signin", "browser": BROWSER})
        assert (asked.status, asked.code) == (401, "not_allowed")
        sent = await backend.post("/account/passkeys/sign-in", {"credential": "{}", "browser": BROWSER})
        assert (sent.status, sent.code) == (401, "not_allowed")
