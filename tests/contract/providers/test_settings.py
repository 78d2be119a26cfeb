"""Which providers are set: all of a provider's settings, or none."""

from pathlib import Path

import pytest

from backend.operations.checking import check
from backend.settings import Settings, SettingsError
from tests.kit.backend import run_backend
from tests.kit.providers import name_settings

GOOGLE = {"GOOGLE_CLIENT_ID": "ours", "GOOGLE_CLIENT_SECRET": "a secret"}
WORK = name_settings("WORK", "https://login.example.com/", "")
APPLE = {"APPLE_CLIENT_ID": "com.example", "APPLE_TEAM_ID": "TEAM", "APPLE_KEY_ID": "KEY"}
WRONG = {
    "GOOGLE_CLIENT_SECRET": {"GOOGLE_CLIENT_ID": "ours"},
    "GITHUB_CLIENT_SECRET": {"GITHUB_CLIENT_SECRET": "alone"},
    "APPLE_PRIVATE_KEY": APPLE,
    "OIDC_WORK_CLIENT_SECRET": {name: value for name, value in WORK.items() if not name.endswith("SECRET")},
    "OIDC_WORK_ISSUER": {"OIDC_WORK_LABEL": "Work"},
    "OIDC_MY_WORK_ISSUER": name_settings("MY_WORK", "https://login.example.com"),
    "OIDC_GOOGLE_ISSUER": name_settings("GOOGLE", "https://login.example.com"),
    "OIDC_VERIFY_ISSUER": name_settings("VERIFY", "https://login.example.com"),
    "GITHUB_URL": {"GITHUB_URL": "http://github.example.com"},
}


async def test_those_that_are_set_are_told_in_order_with_where_they_begin(tmp_path: Path) -> None:
    async with run_backend(tmp_path, None, **WORK, **GOOGLE) as backend:
        told = (await backend.get("/account/capabilities")).body
    begin = f"{backend.settings.public.url}/_auth"
    assert told["providers"] == [
        {"id": "google", "name": "Google", "url": f"{begin}/google"},
        {"id": "work", "name": "Work", "url": f"{begin}/work"},
    ]
    assert (
        backend.settings.providers.configured[1].url == "https://login.example.com/"
    )  # issuers are compared as they are
    assert "a secret" not in repr(backend.settings)


@pytest.mark.parametrize("name", WRONG)
def test_half_of_one_or_a_name_that_is_none_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=f"^{name}: "):
        Settings.from_environment({"DATA_DIR": str(tmp_path), **WRONG[name]})


@pytest.mark.parametrize(
    "key", ["no key", "QUJD" * 30, "-----BEGIN PRIVATE KEY-----\\nQUJD\\n-----END PRIVATE KEY-----"]
)
def test_a_key_that_is_none_is_refused_before_anything_is_served(key: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^APPLE_PRIVATE_KEY: "):
        check(Settings.from_environment({"DATA_DIR": str(tmp_path), **APPLE, "APPLE_PRIVATE_KEY": key}))
