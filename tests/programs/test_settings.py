"""Settings: each is read once and checked before anything starts."""

from __future__ import annotations

import os
import re
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from branding.palette import derive_palette
from serving.settings.env_file import read_env_file
from tests.kit.app import open_browser, run_app
from tests.kit.people import ADA, is_signed_in, joins
from tests.kit.serving import ROOT, serve_site
from tests.kit.visitor import Visitor
from web.asgi import check, create
from web.settings import Settings, SettingsError

KEY, OTHER_KEY = "k" * 40, "o" * 40
PRODUCTION = {"PUBLIC_URL": "https://accounts.example.com", "SECRET_KEY": KEY, "TRUSTED_PROXIES": "none"}
# fmt: off
TABLE = [
    "HOST", "PORT", "PUBLIC_URL", "SECRET_KEY", "ALTOGIC_ENV_URL", "ALTOGIC_CLIENT_KEY", "STORAGE_ORIGIN",
    "DATABASE_URL", "DATA_DIR", "SMTP_URL", "SMTP_TLS", "SMTP_HELO", "OUTBOX", "MAIL_FROM", "MESSAGES_DIR",
    "SITE_NAME", "ACCENT_COLOR", "LOGO", "LOGO_DARK", "THEME_DIR", "FOOTER_LINKS", "SUPPORT_URL", "EMAIL_CONFIRMATION",
    "REDIRECT_URL", "LINK_BUTTON", "LINK_EXPIRY", "PASSWORD_MINIMUM", "SESSION_LIFETIME", "SESSION_IDLE",
    "PASSWORD_HASHING", "PASSKEY_DOMAIN", "MAIL_LEASE",
    "PHONE_SIGN_UP", "PHONE_CONFIRMATION", "PHONE_CODE_SIGN_IN", "CODE_EXPIRY", "SMS_URL", "SMS_FROM", "SMS_COUNTRIES",
    "SMS_DAILY_LIMIT",
    "FILE_LIMIT", "STORAGE_QUOTA", "ALLOWED_ORIGINS", "LIMIT_FACTOR", "FRONT_ENDS", "TRUSTED_PROXIES",
    "WORKERS",
    *(f"{name}_CLIENT_{part}" for name in ("GOOGLE", "GITHUB", "MICROSOFT", "FACEBOOK", "TWITTER", "DISCORD")
      for part in ("ID", "SECRET")),
    "GOOGLE_ISSUER", "GITHUB_URL", "MICROSOFT_ISSUER", "FACEBOOK_URL", "TWITTER_URL", "DISCORD_URL",
    "APPLE_CLIENT_ID", "APPLE_TEAM_ID", "APPLE_KEY_ID", "APPLE_PRIVATE_KEY", "APPLE_ISSUER",
    *(f"OIDC_{{NAME}}_{part}" for part in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET", "LABEL")),
]
# fmt: on
WITHOUT_MAILS = "so that people who log in with a provider alone cannot change what matters most"
WITH_PROVIDER = {"GITHUB_CLIENT_ID": "id", "GITHUB_CLIENT_SECRET": "secret"}
UNSENT_MAILS = "kept, and neither sent nor shown: set SMTP_URL to a mail server, or OUTBOX=on to read them at /outbox"


@dataclass(frozen=True)
class ByHand:
    """The site as a program, in a folder with an .env file."""

    folder: Path
    url: str

    @property
    def data(self) -> Path:
        return self.folder / "var"

    @property
    def said(self) -> Path:
        return self.folder / "said.txt"


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ByHand]:
    folder = tmp_path_factory.mktemp("by-hand")
    (folder / ".env").write_text(
        "SITE_NAME='Ada & Co.'\n# comment\n\nexport EMAIL_CONFIRMATION=off\nPORT=1\nACCENT_COLOR=#ffd400\n"
    )
    environ = {"DATA_DIR": str(folder / "var"), "OUTBOX": ""}
    with serve_site(environ, folder, output=folder / "said.txt") as url:
        yield ByHand(folder, url)


def settings(data_dir: Path, **environ: str) -> Settings:
    return Settings.from_environment({"DATA_DIR": str(data_dir), **environ})


# Remote backend and production


def test_a_remote_backend_needs_its_key(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^ALTOGIC_CLIENT_KEY: "):
        settings(tmp_path, ALTOGIC_ENV_URL="https://c1-na.altogic.com/e:1")


def test_photos_come_from_where_the_backend_is_unless_said_otherwise(tmp_path: Path) -> None:
    remote = {"ALTOGIC_ENV_URL": "https://c1-na.altogic.com/e:1", "ALTOGIC_CLIENT_KEY": "key"}
    assert settings(tmp_path, **remote).backend.storage_origin == "https://c1-na.altogic.com"
    elsewhere = settings(tmp_path, **remote, STORAGE_ORIGIN="https://files.example.com/")
    assert elsewhere.backend.storage_origin == "https://files.example.com"


@pytest.mark.parametrize("url", ["http://accounts.example.com", "http://10.0.0.1:8000", "http://localhost.example.com"])
def test_production_is_https(url: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^PUBLIC_URL: must begin with https://"):
        settings(tmp_path, PUBLIC_URL=url, SECRET_KEY=KEY)


@pytest.mark.parametrize("keys", ["", "short", f"{KEY},short", " , "])
def test_production_needs_a_long_secret_of_its_own(keys: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"^SECRET_KEY: must be (set|one line of keys)") as refused:
        settings(tmp_path, **{**PRODUCTION, "SECRET_KEY": keys})
    assert "short" not in str(refused.value)


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000", "http://localhost:9000", "http://[::1]:9000/"])
def test_loopback_needs_neither(url: str, tmp_path: Path) -> None:
    assert settings(tmp_path, PUBLIC_URL=url).public.url == url.rstrip("/")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://Accounts.Example.com:443/", "https://accounts.example.com"),
        ("https://accounts.example.com:8443", "https://accounts.example.com:8443"),
    ],
)
def test_the_public_url_is_kept_as_browsers_say_it(given: str, kept: str, tmp_path: Path) -> None:
    assert settings(tmp_path, **{**PRODUCTION, "PUBLIC_URL": given}).public.url == kept


async def test_over_https_cookies_and_transport_are_strict(tmp_path: Path) -> None:
    site = create({"DATA_DIR": str(tmp_path), **PRODUCTION, "EMAIL_CONFIRMATION": "off"})
    async with run_app(site) as app, open_browser(app, PRODUCTION["PUBLIC_URL"]) as http:
        visitor = Visitor(http)
        await joins_at_once(visitor)
        given = visitor.responses[0].headers.get_list("Set-Cookie")
    session = next(cookie for cookie in given if cookie.startswith("__Host-session="))
    attributes = {part.strip().lower() for part in session.split(";")[1:]}
    assert {"secure", "httponly", "samesite=lax", "path=/"} <= attributes
    assert not [part for part in attributes if part.startswith("domain")]
    assert all(cookie.startswith("__Host-") for cookie in given)
    assert "max-age=63072000" in visitor.response.headers["Strict-Transport-Security"]


async def joins_at_once(visitor: Visitor) -> None:
    await visitor.opens("/register")
    await visitor.submits("Create account", email=ADA.email, name=ADA.name, password=ADA.password)
    assert visitor.path == "/profile"


# Secrets


def test_a_made_secret_is_kept_for_its_owner_alone(tmp_path: Path) -> None:
    first = settings(tmp_path)
    assert settings(tmp_path).secrets.signing_keys == first.secrets.signing_keys
    assert len(first.secrets.signing_keys[0]) >= 40
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert settings(tmp_path / "other").secrets.signing_keys != first.secrets.signing_keys


def test_every_secret_that_a_start_keeps_is_for_its_owner_alone(by_hand: ByHand) -> None:
    kept = [path for path in by_hand.data.iterdir() if "key" in path.name]
    assert {path.name for path in kept} >= {"secret-key", "client-key"}
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in kept)
    assert stat.S_IMODE(by_hand.data.stat().st_mode) == 0o700


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    secret = {"SECRET_KEY": f"{KEY},{OTHER_KEY}", "ALTOGIC_CLIENT_KEY": "client-secret"}
    shown = repr(settings(tmp_path, ALTOGIC_ENV_URL="http://127.0.0.1:8001", **secret))
    assert not [value for value in (KEY, OTHER_KEY, "client-secret") if value in shown]


async def test_a_changed_secret_logs_nobody_out_while_the_old_one_is_listed(tmp_path: Path) -> None:
    cookies: dict[str, str] = {}
    for keys, expected in ((OTHER_KEY, True), (f"{KEY},{OTHER_KEY}", True), (KEY, False)):
        async with (
            run_app(create({"DATA_DIR": str(tmp_path), "SECRET_KEY": keys, "OUTBOX": "on"})) as app,
            open_browser(app) as http,
        ):
            visitor = Visitor(http)
            http.cookies.update(cookies)
            if not cookies:
                await joins(visitor, ADA)
                cookies = dict(http.cookies)
            assert await is_signed_in(visitor) is expected


# .env


def test_env_example_sets_nothing_as_it_is(tmp_path: Path) -> None:
    example = tmp_path / ".env"
    example.write_text((ROOT / ".env.example").read_text("utf-8"))
    assert read_env_file(example) == {}


def test_an_env_file_is_read_and_the_environment_goes_before_it(by_hand: ByHand) -> None:
    """Which says PORT, or nobody would answer."""
    assert "Ada &amp; Co." in httpx.get(f"{by_hand.url}/register", trust_env=False).text


def test_the_start_says_what_was_moved_of_an_accent(by_hand: ByHand) -> None:
    moved = f"links and focus rings are {derive_palette('#ffd400').light.accent} in the light scheme, to be read"
    assert f"Colour {moved}" in by_hand.said.read_text().splitlines()


def test_an_empty_value_counts_as_unset(tmp_path: Path) -> None:
    blank = dict.fromkeys([name for name in TABLE if name != "DATA_DIR"], "")
    read, mails, _passkeys = check({"DATA_DIR": str(tmp_path), **blank})
    assert (read.server.port, read.public.url, mails) == (8000, "http://127.0.0.1:8000", UNSENT_MAILS)


# Mails


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, UNSENT_MAILS),
        ({"OUTBOX": "off"}, UNSENT_MAILS),
        ({"OUTBOX": "on"}, "shown at http://127.0.0.1:8000/outbox"),
        ({"OUTBOX": "on", "SMTP_URL": "smtp://ada:secret@127.0.0.1:9"}, "sent by 127.0.0.1:9"),
        ({"OUTBOX": "on", **PRODUCTION}, "kept, and neither sent nor shown: set SMTP_URL to a mail server"),
        ({"ALTOGIC_ENV_URL": "http://127.0.0.1:9", "ALTOGIC_CLIENT_KEY": "key"}, ""),
        ({"OUTBOX": "on", "PHONE_SIGN_UP": "on"}, "shown at http://127.0.0.1:8000/outbox; SMS are shown there, too"),
        (WITH_PROVIDER, UNSENT_MAILS.replace("shown:", f"shown, {WITHOUT_MAILS}:")),
        ({"PHONE_SIGN_UP": "on"}, f"{UNSENT_MAILS}; SMS are kept, and neither sent nor shown: set SMS_URL"),
        (
            {"PHONE_SIGN_UP": "on", "SMS_URL": "messagebird://key@", "SMS_FROM": "Ada"},
            f"{UNSENT_MAILS}; SMS are sent by messagebird, at most 500 a day",
        ),
    ],
)
def test_the_start_says_what_becomes_of_mails(environ: dict[str, str], expected: str, tmp_path: Path) -> None:
    assert check({"DATA_DIR": str(tmp_path), **environ})[1] == expected


def test_started_by_hand_the_outbox_is_closed_and_the_start_says_how_to_open_it(by_hand: ByHand) -> None:
    assert httpx.get(f"{by_hand.url}/outbox", trust_env=False).status_code == 404
    assert f"Emails {UNSENT_MAILS}" in by_hand.said.read_text().splitlines()


def test_make_run_asks_for_the_outbox_unless_somebody_has_said_otherwise(tmp_path: Path) -> None:
    recipe = re.search(r"^run:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    assert recipe
    (tmp_path / "Makefile").write_text(f"run:\n{recipe[1]}")
    (tmp_path / "python").write_text('#!/bin/sh\necho "$* $OUTBOX"\n')
    (tmp_path / "python").chmod(0o755)

    def run(dotenv: str, **environ: str) -> str:
        (tmp_path / ".env").write_text(dotenv)
        command = ["make", "--silent", "run", f"BIN={tmp_path}"]
        environment = {"PATH": os.environ["PATH"], **environ}
        return subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True).stdout

    assert run("PORT=8001\n#OUTBOX=off\n") == "-m web on\n"
    assert run("PORT=8001\n", OUTBOX="off") == "-m web off\n"
    assert run("PORT=8001\nexport OUTBOX=off\n") == "-m web \n"
