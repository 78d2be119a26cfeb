"""What the backend takes from its environment, and the secrets it keeps."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backend.settings import Settings, SettingsError
from serving.stored_secrets import load_or_create_secret
from web.settings import Settings as SiteSettings

pytestmark = pytest.mark.only_on("sqlite")


def read(tmp_path: Path, **environ: str) -> Settings:
    return Settings.from_environment({"DATA_DIR": str(tmp_path / "data"), **environ})


def test_alone_it_works_with_nothing_set(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert settings.public.url == "http://127.0.0.1:8001"
    assert settings.links.redirect_url == "http://127.0.0.1:8000/auth-redirect"
    assert (settings.links.has_button, settings.accounts.email_confirmation, settings.mail.has_outbox) == (
        True,
        True,
        False,
    )
    assert (settings.links.expiry, settings.accounts.session_lifetime, settings.sessions.idle) == (
        3600,
        2592000,
        1209600,
    )


def test_embedded_it_follows_the_site(tmp_path: Path) -> None:
    site = SiteSettings.from_environment({"DATA_DIR": str(tmp_path), "PUBLIC_URL": "http://localhost:8000"})
    settings = Settings.from_environment({"PUBLIC_URL": "https://ignored.example", "PORT": "9"}, site=site)
    assert (settings.server.port, settings.secrets.signing_keys, settings.data.folder) == (
        8000,
        site.secrets.signing_keys,
        site.data.folder,
    )
    assert settings.public.url == "http://localhost:8000"
    assert settings.links.redirect_url == "http://localhost:8000/auth-redirect"
    assert settings.links.has_button is False


@pytest.mark.parametrize("name", ["REDIRECT_URL", "ALLOWED_ORIGINS"])
def test_a_site_is_no_app(tmp_path: Path, name: str) -> None:
    site = SiteSettings.from_environment({"DATA_DIR": str(tmp_path)})
    with pytest.raises(SettingsError, match=f"^{name}: must be "):
        Settings.from_environment({name: "myapp://auth"}, site=site)


def test_the_first_of_several_client_keys_is_our_own_clients(tmp_path: Path) -> None:
    site = SiteSettings.from_environment({"DATA_DIR": str(tmp_path), "ALTOGIC_CLIENT_KEY": "first, second"})
    settings = Settings.from_environment({}, site=site)
    assert (settings.secrets.client_keys, settings.secrets.client_key, site.secrets.client_key) == (
        ("first", "second"),
        "first",
        "first",
    )


def test_an_empty_value_counts_as_unset(tmp_path: Path) -> None:
    assert read(tmp_path, PORT="", SMTP_URL=" ", LINK_BUTTON="", DATABASE_URL="").server.port == 8001


def test_no_secret_can_be_seen_in_print(tmp_path: Path) -> None:
    given = {"SECRET_KEY": "s3cret", "ALTOGIC_CLIENT_KEY": "cl13nt", "SMTP_URL": "smtps://me:pa%40ss@mail.example.com"}
    settings = read(tmp_path, **given)
    assert settings.mail.server is not None
    assert (settings.mail.server.port, settings.mail.server.password) == (465, "pa@ss")
    for secret in ("s3cret", "cl13nt", "pa@ss"):
        assert secret not in repr(settings) + repr(settings.mail.server)
    with pytest.raises(SettingsError) as refused:
        read(tmp_path, SMTP_URL="smtp://me:hunter2@")
    assert "hunter2" not in str(refused.value)


def test_secrets_that_nobody_set_are_made_once_and_kept_to_oneself(tmp_path: Path) -> None:
    first, second = read(tmp_path), read(tmp_path)
    assert first.secrets.signing_keys == second.secrets.signing_keys
    assert first.secrets.client_key == second.secrets.client_key
    assert {len(bytes.fromhex(secret)) for secret in (first.secrets.client_key, *first.secrets.signing_keys)} == {32}
    data = tmp_path / "data"
    assert data.stat().st_mode & 0o777 == 0o700
    assert {file.name for file in data.iterdir()} == {"secret-key", "client-key"}
    assert {file.stat().st_mode & 0o777 for file in data.iterdir()} == {0o600}


def test_processes_that_start_at_once_agree_on_a_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = set(pool.map(lambda _: load_or_create_secret(tmp_path / "secret-key"), range(64)))
    assert len(made) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret-key"]
