"""Wrong settings: each stops the start with one line that says what it must be."""

from __future__ import annotations

import re
import socket
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.kit.mains import run_main
from tests.kit.serving import run_to_its_end
from web.asgi import check
from web.settings import SettingsError

WRONG = [
    ("HOST", "two\nlines", "one line"),
    ("PORT", "eighty", "a whole number"),
    ("PORT", "0", "a whole number"),
    ("PORT", "65536", "a whole number"),
    ("PORT", "٨٠٠٠", "a whole number"),
    ("PUBLIC_URL", "accounts.example.com", "an origin such as https://"),
    ("PUBLIC_URL", "https://accounts.example.com/path", "an origin such as https://"),
    ("PUBLIC_URL", "https://ada:secret@accounts.example.com", "an origin such as https://"),
    ("PUBLIC_URL", "https://accounts.example.com:http", "an origin such as https://"),
    ("ALTOGIC_ENV_URL", "c1-na.altogic.com", "a web address that begins with http://"),
    ("STORAGE_ORIGIN", "https://files.example.com/photos", "an origin such as https://"),
    ("STORAGE_ORIGIN", "https://files.example.com; script-src *", "an origin such as https://"),
    ("DATABASE_URL", "accounts.db", "sqlite:///"),
    ("DATABASE_URL", "mysql://localhost/accounts", "sqlite:///"),
    ("SMTP_URL", "mail.example.com", "smtp://"),
    ("SMTP_TLS", "yes", "required, opportunistic or off"),
    ("SMTP_HELO", "my host", "a host name such as"),
    ("OUTBOX", "yes", "on or off"),
    ("MAIL_FROM", "nobody", "an email address"),
    ("MAIL_FROM", "a@example.com\nBcc: b@example.com", "one line"),
    ("MESSAGES_DIR", "/no/such/folder", "a folder that exists"),
    ("SITE_NAME", "two\nlines", "one line"),
    ("LOGO", "/no/such/logo.svg", "a file that exists"),
    ("LOGO", __file__, "an SVG or a PNG"),
    ("LOGO_DARK", __file__, "beside LOGO"),
    ("FOOTER_LINKS", "https://example.com/privacy", "links with commas between"),
    ("FOOTER_LINKS", "privacy=example.com", "links with commas between"),
    ("FOOTER_LINKS", "privacy=javascript:alert(1)", "links with commas between"),
    ("FOOTER_LINKS", "=https://example.com", "links with commas between"),
    ("FOOTER_LINKS", "Shop=/shop, shop=/other", "links with commas between"),
    ("FOOTER_LINKS", ", ".join(f"{number}=/{number}" for number in range(9)), "up to 8 links"),
    ("SUPPORT_URL", "help@example.com", "mailto: and an address"),
    ("SUPPORT_URL", "//elsewhere.example", "mailto: and an address"),
    ("SUPPORT_URL", "/\\elsewhere.example", "mailto: and an address"),
    ("SUPPORT_URL", "data:text/html,help", "mailto: and an address"),
    ("ACCENT_COLOR", "teal", "a colour such as #1f5f4f"),
    ("ACCENT_COLOR", "#fff; } * { color: red", "a colour such as #1f5f4f"),
    ("EMAIL_CONFIRMATION", "yes", "on or off"),
    ("REDIRECT_URL", "/auth-redirect", "http:// or https://"),
    ("LINK_BUTTON", "true", "on or off"),
    ("LINK_EXPIRY", "1h", "a whole number"),
    ("PASSWORD_MINIMUM", "5", "from 6 to 256"),
    ("SESSION_LIFETIME", "forever", "a whole number"),
    ("SESSION_IDLE", "-1", "a whole number"),
    ("FILE_LIMIT", "16MB", "a whole number of bytes"),
    ("STORAGE_QUOTA", "0", "a whole number of bytes from 1024"),
    ("ALLOWED_ORIGINS", "everybody", "an origin such as https://"),
    ("LIMIT_FACTOR", "0", "a number above 0"),
    ("LIMIT_FACTOR", "nan", "a number above 0"),
    ("TRUSTED_PROXIES", "my proxy", "addresses or networks"),
    ("WORKERS", "0", "a whole number from 1"),
]


def started(environ: Mapping[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    """The site, which is expected to end by itself."""
    return run_main("web", {"DATA_DIR": str(cwd / "var"), **environ}, cwd)


@pytest.mark.parametrize(("name", "value", "expected"), WRONG)
def test_a_wrong_value_is_told_in_one_line(name: str, value: str, expected: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        check({"DATA_DIR": str(tmp_path), name: value})
    said = str(refused.value)
    assert said.startswith(f"{name}: must be ")
    assert expected in said
    assert "\n" not in said


@pytest.mark.parametrize(("name", "value"), [("PORT", "eighty"), ("SMTP_URL", "mail"), ("WORKERS", "many")])
def test_a_wrong_value_stops_the_start(name: str, value: str, tmp_path: Path) -> None:
    ended = started({name: value}, tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert re.fullmatch(rf"{name}: must be .+\n", ended.stderr)


def test_so_it_is_as_a_program(tmp_path: Path) -> None:
    ended = run_to_its_end("web", {"DATA_DIR": str(tmp_path), "PORT": "eighty"}, tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert re.fullmatch(r"PORT: must be .+\n", ended.stderr)


def test_a_wrong_folder_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    ended = started({"DATA_DIR": str(tmp_path / "file")}, tmp_path)
    assert ended.returncode == 2
    assert re.fullmatch(r"DATA_DIR: must be a folder .+\n", ended.stderr)


def test_a_wrong_secret_is_not_repeated_in_the_message(tmp_path: Path) -> None:
    secrets = {"SECRET_KEY": "my\nsecret", "ALTOGIC_CLIENT_KEY": "my\nsecret", "SMTP_URL": "smtpx://ada:secret@mail"}
    for name, value in secrets.items():
        with pytest.raises(SettingsError, match=f"^{name}: ") as refused:
            check({"DATA_DIR": str(tmp_path), name: value})
        assert "secret" not in str(refused.value).lower().replace(name.lower(), "")


def test_a_taken_port_is_told_without_a_traceback(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ended = run_to_its_end("web", {"DATA_DIR": str(tmp_path / "var"), "PORT": str(port)}, tmp_path)
    assert ended.returncode not in (0, -9)
    assert "Traceback" not in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1
    assert str(port) in ended.stderr
    assert "in use" in ended.stderr


def test_a_database_that_cannot_be_used_is_told_without_a_traceback(tmp_path: Path) -> None:
    damaged = tmp_path / "accounts.db"
    damaged.write_bytes(b"this is no database" * 1000)
    ended = started({"DATABASE_URL": f"sqlite:///{damaged}"}, tmp_path)
    assert ended.returncode not in (0, -9)
    assert "Traceback" not in ended.stderr
    assert str(damaged) in ended.stderr


def test_a_wrong_value_in_an_env_file_is_told_too(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("LINK_EXPIRY=soon\n")
    ended = started({}, tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert re.fullmatch(r"LINK_EXPIRY: must be .+\n", ended.stderr)
