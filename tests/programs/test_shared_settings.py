"""Both programs read the same variables in the same way: what one refuses the other refuses, in the same words."""

from __future__ import annotations

import stat
from dataclasses import fields
from pathlib import Path

import pytest

from backend.settings import Settings as BackendSettings
from serving.origins import is_loopback, own_origins
from serving.settings import SettingsError
from serving.settings.shared import SharedSettings
from tests.kit.mains import run_main
from tests.kit.serving import serve
from web.settings import Settings as SiteSettings

KEY = "k" * 32
PRODUCTION = {"PUBLIC_URL": "https://accounts.example.com", "SECRET_KEY": KEY, "TRUSTED_PROXIES": "10.0.0.1"}
HALVES: tuple[type[SiteSettings | BackendSettings], ...] = (SiteSettings, BackendSettings)
PROGRAMS = ("web", "backend")

REFUSED = [
    {"HOST": "two\nlines"},
    {"PORT": "0"},
    {"PORT": "8_000"},
    {"PUBLIC_URL": "http://127.evil.example"},
    {"PUBLIC_URL": "http://127.0.0.1.evil.example"},
    {"PUBLIC_URL": "http://localhost.evil.example"},
    {"PUBLIC_URL": "http://128.0.0.1"},
    {"PUBLIC_URL": "http://127.1"},
    {"PUBLIC_URL": "http://127.0.0.1:0"},
    {"PUBLIC_URL": "http://ada@127.0.0.1"},
    {"PUBLIC_URL": "http://127.0.0.1/path"},
    {"PUBLIC_URL": "http://[::2]"},
    {"PUBLIC_URL": "https://accounts.example.com; script-src *"},
    {"SITE_NAME": "n" * 61},
    {"SITE_NAME": "two\nlines"},
    {"ACCENT_COLOR": "#1f5f4"},
    {"EMAIL_CONFIRMATION": "yes"},
    {"SESSION_LIFETIME": "59"},
    {"TRUSTED_PROXIES": "10.0.0.1/8"},
    {"TRUSTED_PROXIES": "*"},
    {"TRUSTED_PROXIES": "0.0.0.0/0"},
    {"TRUSTED_PROXIES": "10.0.0.1, ::/0"},
    {"TRUSTED_PROXIES": "none, 10.0.0.1"},
    {"WORKERS": "65"},
    {"SECRET_KEY": "two\nlines"},
    {"ALTOGIC_CLIENT_KEY": "two words"},
    {"ALTOGIC_CLIENT_KEY": "schlüssel"},
    {**PRODUCTION, "PUBLIC_URL": "http://accounts.example.com"},
    {**PRODUCTION, "SECRET_KEY": ""},
    {**PRODUCTION, "SECRET_KEY": "k" * 31},
    {**PRODUCTION, "SECRET_KEY": f"{KEY},{'k' * 31}"},
    {**PRODUCTION, "SECRET_KEY": " , "},
    {**PRODUCTION, "ALTOGIC_CLIENT_KEY": "x"},
    {**PRODUCTION, "ALTOGIC_CLIENT_KEY": "x" * 31},
    {**PRODUCTION, "ALTOGIC_CLIENT_KEY": f"{KEY},{'x' * 31}"},
    {"ALTOGIC_CLIENT_KEY": " , "},
    {"ALTOGIC_CLIENT_KEY": f"{KEY},two words"},
    {**PRODUCTION, "TRUSTED_PROXIES": ""},
    {**PRODUCTION, "TRUSTED_PROXIES": " , "},
]
TAKEN = [
    {"HOST": "127.0.0.2"},
    {"HOST": "::1"},
    {"PUBLIC_URL": "http://127.255.255.254:8177"},
    {"PUBLIC_URL": "http://LOCALHOST:80/"},
    {"PUBLIC_URL": "https://localhost"},
    {"SITE_NAME": "n" * 60},
    {"TRUSTED_PROXIES": "10.0.0.0/8, 2001:db8::/32,127.0.0.1"},
    {"TRUSTED_PROXIES": "none"},
    {"SECRET_KEY": "short"},
    PRODUCTION,
    {**PRODUCTION, "TRUSTED_PROXIES": "none"},
    {**PRODUCTION, "ALTOGIC_CLIENT_KEY": f"{KEY}, {'x' * 32}"},
    {**PRODUCTION, "ALTOGIC_CLIENT_KEY": "x" * 32, "SECRET_KEY": f"{KEY},{'o' * 32}"},
]


def name_of(environ: dict[str, str]) -> str:
    return " ".join(f"{name}={value[:40]}" for name, value in environ.items())


@pytest.mark.parametrize("environ", REFUSED, ids=name_of)
def test_what_one_program_refuses_the_other_refuses_in_the_same_words(environ: dict[str, str], tmp_path: Path) -> None:
    complaints = set()
    for half in HALVES:
        with pytest.raises(SettingsError) as refused:
            half.from_environment({"DATA_DIR": str(tmp_path), **environ})
        complaints.add(str(refused.value))
    (complaint,) = complaints
    assert complaint.partition(":")[0] in environ
    assert "\n" not in complaint
    assert environ.get("SECRET_KEY") or "k" * 31 not in complaint


@pytest.mark.parametrize("environ", TAKEN, ids=name_of)
def test_what_one_program_takes_the_other_takes_as_the_same(environ: dict[str, str], tmp_path: Path) -> None:
    given = {"PORT": "8177", "ALTOGIC_CLIENT_KEY": KEY, "DATA_DIR": str(tmp_path), **environ}
    site, backend = (half.from_environment(given) for half in HALVES)
    assert shared_rooms(site) == shared_rooms(backend)
    assert shared_rooms(BackendSettings.from_environment({}, site=site)) == shared_rooms(site)


def shared_rooms(settings: SharedSettings) -> list[object]:
    return [getattr(settings, room.name) for room in fields(SharedSettings)]


@pytest.mark.parametrize("program", PROGRAMS)
def test_production_says_in_one_line_what_is_missing(program: str, tmp_path: Path) -> None:
    said = []
    environ = {"DATA_DIR": str(tmp_path / "var"), "PUBLIC_URL": PRODUCTION["PUBLIC_URL"]}
    for name in ("SECRET_KEY", "TRUSTED_PROXIES"):
        ended = run_main(program, environ, tmp_path)
        assert (ended.returncode, ended.stdout) == (2, "")
        said.append(ended.stderr)
        environ[name] = PRODUCTION[name]
    assert said == [
        "SECRET_KEY: must be set when PUBLIC_URL is not loopback, each key at least 32 characters\n",
        "TRUSTED_PROXIES: must be set when PUBLIC_URL is not loopback: to the addresses of the proxies in front of it,"
        " or to none\n",
    ]


@pytest.mark.parametrize("program", PROGRAMS)
def test_any_loopback_address_will_do(program: str, tmp_path: Path) -> None:
    with serve(program, {"HOST": "127.0.0.2", "DATA_DIR": str(tmp_path / "var")}, tmp_path) as url:
        assert url.startswith("http://127.0.0.2:")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:8000", True),
        ("http://localhost", True),
        ("http://127.evil.example", False),
        ("http://localhost.evil.example", False),
        ("http://evil.localhost", False),
        ("http://0.0.0.0:8000", False),
        ("http://[::]", False),
        ("https://accounts.example.com", False),
        ("", False),
    ],
)
def test_loopback_is_decided_by_the_address(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected


def test_three_names_of_loopback_are_one_place_and_another_address_is_another() -> None:
    assert own_origins("http://127.0.0.1:8000") == own_origins("http://localhost:8000")
    assert own_origins("http://[::1]:8000") == own_origins("http://localhost:8000")
    assert own_origins("http://127.0.0.2:8000") == {"http://127.0.0.2:8000"}


def test_whichever_program_starts_first_makes_the_secret_of_both(tmp_path: Path) -> None:
    made: list[SharedSettings] = []
    for number, order in enumerate((HALVES, HALVES[::-1])):
        folder = tmp_path / str(number)
        made.extend(half.from_environment({"DATA_DIR": str(folder)}) for half in order)
        assert stat.S_IMODE((folder / "secret-key").stat().st_mode) == 0o600
    assert [len(bytes.fromhex(settings.secrets.signing_keys[0])) for settings in made] == [32] * 4
    assert made[0].secrets.signing_keys == made[1].secrets.signing_keys != made[2].secrets.signing_keys
