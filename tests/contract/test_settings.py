"""What the backend is told by its environment."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from backend.kept_secrets import kept_secret
from backend.settings import Settings, SettingsError


def read(tmp_path: Path, **environ: str) -> Settings:
    return Settings.from_environment({"DATA_DIR": str(tmp_path / "data"), **environ})


def test_alone_it_works_with_nothing_set(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert settings.public_url == "http://127.0.0.1:8001"
    assert settings.redirect_url == "http://127.0.0.1:8000/auth-redirect"
    assert (settings.link_button, settings.email_confirmation, settings.outbox) == (True, True, True)
    assert (settings.link_expiry, settings.session_lifetime, settings.session_idle) == (3600, 2592000, 1209600)


def test_embedded_it_follows_the_site(tmp_path: Path) -> None:
    environ = {"DATA_DIR": str(tmp_path), "PUBLIC_URL": "https://ignored.example", "PORT": "8000"}
    settings = Settings.from_environment(environ, embedded_at="http://localhost:8000")
    assert settings.public_url == "http://localhost:8000"
    assert settings.redirect_url == "http://localhost:8000/auth-redirect"
    assert settings.link_button is False


def test_an_empty_value_counts_as_unset(tmp_path: Path) -> None:
    assert read(tmp_path, PORT="", SMTP_URL=" ", LINK_BUTTON="", DATABASE_URL="").port == 8001


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("PORT", "eighty"), ("PORT", "70000"), ("PUBLIC_URL", "localhost"), ("PUBLIC_URL", "http://localhost/path")),
        *(("PUBLIC_URL", "ftp://localhost"), ("PUBLIC_URL", "http://[::1"), ("REDIRECT_URL", "/auth-redirect")),
        *(("REDIRECT_URL", "javascript:alert(1)"), ("LINK_BUTTON", "yes"), ("EMAIL_CONFIRMATION", "true")),
        *(("LINK_EXPIRY", "x"), ("LINK_EXPIRY", "59"), ("LINK_EXPIRY", "604801"), ("LINK_EXPIRY", "٣٦٠٠")),
        *(("SESSION_LIFETIME", "-1"), ("SESSION_IDLE", "1e3"), ("LIMIT_FACTOR", "0"), ("LIMIT_FACTOR", "nan")),
        *(("WORKERS", "0"), ("SMTP_URL", "mail.example.com"), ("SMTP_URL", "smtp://"), ("SMTP_URL", "smtp://h:99999")),
        *(("MAIL_FROM", "nobody"), ("MAIL_FROM", "a@b@c"), ("MESSAGES_DIR", "/nowhere"), ("SITE_NAME", "a\nb")),
        *(("ALLOWED_ORIGINS", "*"), ("ALLOWED_ORIGINS", "https://a.example/path"), ("TRUSTED_PROXIES", "proxy")),
        *(("DATABASE_URL", "mysql://x"), ("DATABASE_URL", "postgres"), ("DATABASE_URL", "sqlite://")),
        *(("DATA_DIR", "/dev/null/x"), ("PUBLIC_URL", "http://accounts.example.com")),
    ],
)
def test_a_wrong_value_is_refused_in_one_line_that_names_it(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read(tmp_path, **{name: value})
    assert str(refused.value).startswith(f"{name}: must ")
    assert "\n" not in str(refused.value)


def test_the_words_say_what_a_value_may_be(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        read(tmp_path, LINK_EXPIRY="x")
    assert str(refused.value) == "LINK_EXPIRY: must be a whole number of seconds from 60 to 604800, not 'x'"


def test_in_production_a_secret_of_ones_own_is_required(tmp_path: Path) -> None:
    for secret in ("", "short"):
        with pytest.raises(SettingsError, match=r"^SECRET_KEY: must be set"):
            read(tmp_path, PUBLIC_URL="https://accounts.example.com", SECRET_KEY=secret)
    settings = read(tmp_path, PUBLIC_URL="https://accounts.example.com/", SECRET_KEY="a long enough secret, older")
    assert settings.public_url == "https://accounts.example.com"
    assert settings.secret_keys == ("a long enough secret", "older")
    assert settings.mail_from == "no-reply@accounts.example.com"
    assert settings.outbox is False


def test_no_secret_can_be_seen_in_print(tmp_path: Path) -> None:
    given = {"SECRET_KEY": "s3cret", "ALTOGIC_CLIENT_KEY": "cl13nt", "SMTP_URL": "smtps://me:pa%40ss@mail.example.com"}
    settings = read(tmp_path, **given)
    assert settings.smtp is not None
    assert (settings.smtp.port, settings.smtp.password) == (465, "pa@ss")
    for secret in ("s3cret", "cl13nt", "pa@ss"):
        assert secret not in repr(settings) + repr(settings.smtp)
    with pytest.raises(SettingsError) as refused:
        read(tmp_path, SMTP_URL="smtp://me:hunter2@")
    assert "hunter2" not in str(refused.value)


def test_secrets_that_nobody_set_are_made_once_and_kept_to_oneself(tmp_path: Path) -> None:
    first, second = read(tmp_path), read(tmp_path)
    assert first.secret_keys == second.secret_keys
    assert first.client_key == second.client_key
    assert len(first.client_key) == 32
    assert int(first.client_key, 16)
    data = tmp_path / "data"
    assert data.stat().st_mode & 0o777 == 0o700
    assert {file.name for file in data.iterdir()} == {"secret-key", "client-key"}
    assert {file.stat().st_mode & 0o777 for file in data.iterdir()} == {0o600}


def test_processes_that_start_at_once_agree_on_a_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        made = set(pool.map(lambda _: kept_secret(tmp_path, "secret-key"), range(64)))
    assert len(made) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["secret-key"]


@pytest.mark.parametrize("environ", [{"LINK_EXPIRY": "x"}, {"DATABASE_URL": "sqlite:////dev/null/x.db"}])
def test_the_program_stops_with_one_line_and_exit_code_two(tmp_path: Path, environ: dict[str, str]) -> None:
    given = {"PATH": "/usr/bin:/bin", "DATA_DIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1", **environ}
    run = subprocess.run(
        [sys.executable, "-m", "backend"], env=given, capture_output=True, text=True, timeout=20, check=False
    )
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1
    assert run.stderr.startswith(next(iter(environ)))
    assert "Traceback" not in run.stderr
