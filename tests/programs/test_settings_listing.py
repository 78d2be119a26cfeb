"""Settings as they are listed by the programs, and as they are documented: both are made from their declarations."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from backend.settings import Settings as BackendSettings
from serving.settings.declaring import collect_rooms, settings_in
from serving.settings.docs import TABLE, write_example, write_pages
from tests.kit.mains import run_main
from tests.kit.serving import ROOT, run_to_its_end
from tests.programs.test_settings import PRODUCTION
from tests.programs.test_settings import TABLE as NAMES
from web.settings import Settings

ROOMS = collect_rooms([Settings, BackendSettings])
SECRETS = {
    "SECRET_KEY": "of-cookies-and-links",
    "ALTOGIC_CLIENT_KEY": "of-a-client",
    "DATABASE_URL": "postgresql://ada:of-the-database@127.0.0.1/accounts?sslpassword=of-a-certificate",
    "SMTP_URL": "smtps://ada:of-the-mail-server@mail.example.com",
    "GOOGLE_CLIENT_ID": "ours",
    "GOOGLE_CLIENT_SECRET": "of-a-provider",
    "OIDC_WORK_ISSUER": "https://login.example.com",
    "OIDC_WORK_CLIENT_ID": "ours",
    "OIDC_WORK_CLIENT_SECRET": "of-another-provider",
}


def listed(environ: dict[str, str], folder: Path, program: str = "web") -> dict[str, tuple[str, str]]:
    """Value and source of each setting that a program lists."""
    ended = run_settings(environ, folder, program)
    assert (ended.returncode, ended.stderr) == (0, "")
    rows = (re.fullmatch(r"  ([A-Z_{}]+) +(\S.*?)  +(\S.*)", line) for line in ended.stdout.splitlines())
    return {row[1]: (row[2], row[3]) for row in rows if row}


def run_settings(environ: dict[str, str], folder: Path, program: str) -> subprocess.CompletedProcess[str]:
    return run_main(program, environ, folder, ["settings"])


def test_all_settings_are_listed_with_where_they_come_from(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SITE_NAME=Ada & Co.\nLINK_EXPIRY=60\n")
    rows = listed({"LINK_EXPIRY": "120", "PORT": ""}, tmp_path)
    assert sorted(rows) == sorted(NAMES)
    assert rows["SITE_NAME"] == ("Ada & Co.", ".env")
    assert rows["LINK_EXPIRY"] == ("120", "environment")
    assert rows["PORT"] == ("8000", "default")
    assert rows["REDIRECT_URL"] == ("http://127.0.0.1:8000/auth-redirect", "default")
    assert rows["SECRET_KEY"] == ("(hidden)", "made, and stored in secret-key in DATA_DIR")


def test_the_backend_lists_its_own_and_the_site_those_of_its_backend_only_where_it_has_one(tmp_path: Path) -> None:
    alone = listed({}, tmp_path, "backend")
    assert (alone["PORT"][0], alone["LINK_BUTTON"][0]) == ("8001", "on")
    assert "ALTOGIC_ENV_URL" not in alone
    split = listed({"ALTOGIC_ENV_URL": "http://127.0.0.1:8001", "ALTOGIC_CLIENT_KEY": "key"}, tmp_path)
    assert split["STORAGE_ORIGIN"] == ("http://127.0.0.1:8001", "default")
    assert "DATABASE_URL" not in split


def test_to_list_settings_makes_nothing(tmp_path: Path) -> None:
    listed({}, tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("program", ["web", "backend"])
def test_no_secret_is_listed(program: str, tmp_path: Path) -> None:
    rows = listed(SECRETS, tmp_path, program)
    assert "of-" not in "".join(value for value, _ in rows.values())
    assert rows["SECRET_KEY"] == rows["ALTOGIC_CLIENT_KEY"] == ("(hidden)", "environment")
    assert rows["OIDC_WORK_CLIENT_SECRET"] == rows["GOOGLE_CLIENT_SECRET"] == ("(hidden)", "environment")
    assert rows["OIDC_WORK_ISSUER"] == ("https://login.example.com", "environment")
    assert rows["DATABASE_URL"][0] == "postgresql://ada:***@127.0.0.1/accounts?sslpassword=hidden"
    assert rows["SMTP_URL"][0] == "smtps://***@mail.example.com"


@pytest.mark.parametrize("program", ["web", "backend"])
@pytest.mark.parametrize(
    "environ", [{"PORT": "0"}, {"DATA_DIR": "/dev/null/var"}, {**PRODUCTION, "SECRET_KEY": ""}], ids=str
)
def test_a_wrong_setting_is_told_as_at_the_start(program: str, environ: dict[str, str], tmp_path: Path) -> None:
    at_start, asked = run_main(program, environ, tmp_path), run_settings(environ, tmp_path, program)
    assert (asked.returncode, asked.stdout, asked.stderr) == (2, "", at_start.stderr)
    assert at_start.returncode == 2


@pytest.mark.parametrize("program", ["web", "backend"])
def test_so_it_is_with_the_programs_themselves(program: str, tmp_path: Path) -> None:
    environ = {"DATA_DIR": str(tmp_path), "PORT": "8123", "SMTP_URL": "smtp://mail.example.com"}
    asked, found = run_to_its_end(program, environ, tmp_path, ["settings"]), run_settings(environ, tmp_path, program)
    assert (asked.returncode, asked.stdout, asked.stderr) == (found.returncode, found.stdout, found.stderr)
    assert "8123" in asked.stdout


def test_a_setting_is_declared_once_in_a_sentence_of_one_line() -> None:
    settings = [setting for room in ROOMS for _, setting in settings_in(room)]
    assert sorted(setting.name for setting in settings) == sorted(NAMES)
    assert not [setting.name for setting in settings if not re.fullmatch(r"\S.*\.", setting.help)]


def test_the_tables_and_the_example_are_made_from_the_declarations() -> None:
    """After a change of a setting, `make settings` writes them anew."""
    pages = write_pages(ROOMS)
    assert set(pages) == {"README.md", "docs/providers.md"}
    for page, table in pages.items():
        written = TABLE.search((ROOT / page).read_text("utf-8"))
        assert written is not None
        assert written[0] == table, page
    assert (ROOT / ".env.example").read_text("utf-8") == write_example(ROOMS)
