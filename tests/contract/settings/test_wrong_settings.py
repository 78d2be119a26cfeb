"""What the backend is told at its start: a wrong value stops it with one line that says what it may be."""

from pathlib import Path

import pytest

from backend.settings import Settings, SettingsError
from tests.kit.backend_programs import run_backend_here, run_backend_to_its_end, start_backend

pytestmark = pytest.mark.only_on("sqlite")

WRONG = [
    ("PORT", "eighty", "a whole number from 1 to 65535"),
    ("PORT", "0", "a whole number from 1 to 65535"),
    ("PORT", "65536", "a whole number"),
    ("PORT", "٨٠٠٠", "a whole number"),
    ("PUBLIC_URL", "accounts.example.com", "an origin such as https://"),
    ("PUBLIC_URL", "https://accounts.example.com/path", "an origin such as https://"),
    ("PUBLIC_URL", "http://accounts.example.com", "begin with https:// unless its host is loopback"),
    ("REDIRECT_URL", "/auth-redirect", "http:// or https://"),
    ("REDIRECT_URL", "javascript://x", "http:// or https://"),
    ("REDIRECT_URL", "https://example.com/#part", "http:// or https://"),
    ("REDIRECT_URL", "data://text/html,x", "or an app's such as"),
    ("REDIRECT_URL", "file://host/path", "or an app's such as"),
    ("REDIRECT_URL", "intent://auth", "or an app's such as"),
    ("REDIRECT_URL", "JavaScript://app/%0aalert(1)", "or an app's such as"),
    ("REDIRECT_URL", "myapp:auth", "or an app's such as"),
    ("REDIRECT_URL", "myapp:///auth", "or an app's such as"),
    ("REDIRECT_URL", "myapp://user@auth", "or an app's such as"),
    ("REDIRECT_URL", "myapp://auth#part", "or an app's such as"),
    ("REDIRECT_URL", "my;app://auth", "or an app's such as"),
    ("LINK_BUTTON", "true", "on or off"),
    ("EMAIL_CONFIRMATION", "yes", "on or off"),
    ("MAIL_LEASE", "2", "a whole number of seconds from 15 to 60"),
    ("PASSWORD_HASHING", "md5", "owasp or quick"),
    ("LINK_EXPIRY", "59", "a whole number of seconds from 60 to 604800"),
    ("LINK_EXPIRY", "1h", "a whole number of seconds"),
    ("SESSION_LIFETIME", "forever", "a whole number of seconds"),
    ("SESSION_IDLE", "-1", "a whole number of seconds"),
    ("DATABASE_URL", "accounts.db", "sqlite:///"),
    ("DATABASE_URL", "sqlite://accounts.db", "sqlite:///"),
    ("DATABASE_URL", "sqlite:///:memory:", "sqlite:///"),
    ("DATABASE_URL", "mysql://localhost/accounts", "sqlite:///"),
    ("MAIL_FROM", "nobody", "an email address"),
    ("MAIL_FROM", "a@example.com\nBcc: b@example.com", "one line"),
    ("SITE_NAME", "two\nlines", "one line"),
    ("SITE_NAME", "n" * 61, "at most 60 characters"),
    ("MESSAGES_DIR", "/no/such/folder", "a folder that exists"),
    ("ALLOWED_ORIGINS", "https://a.example, everybody", "an origin such as https://"),
    ("ALLOWED_ORIGINS", "null", "an origin such as https://"),
    ("ALLOWED_ORIGINS", "file://", "an origin such as https://"),
    ("ALLOWED_ORIGINS", "capacitor://", "an origin such as https://"),
    ("ALLOWED_ORIGINS", "capacitor://localhost/path", "capacitor://localhost"),
    ("ALLOWED_ORIGINS", "capacitor://*", "an origin such as https://"),
    ("LIMIT_FACTOR", "0", "a number above 0"),
    ("LIMIT_FACTOR", "nan", "a number above 0"),
    ("TRUSTED_PROXIES", "*", "addresses or networks"),
    ("WORKERS", "0", "a whole number from 1"),
    ("SMTP_URL", "mail.example.com", "smtp://"),
    ("SMTP_URL", "smtp://host:port", "smtp://"),
    ("SMTP_TLS", "on", "required, opportunistic or off"),
    ("SMTP_HELO", "two\nlines", "a host name such as"),
    ("SMTP_HELO", "127.0.0.1:25", "a host name such as"),
    ("PHONE_SIGN_UP", "yes", "on or off"),
    ("CODE_EXPIRY", "1h", "a whole number of seconds from 1 to 3600"),
    ("SMS_URL", "http://sms.example.com/send", "https://"),
    ("SMS_URL", "twilio://AC1@", "twilio://SID:TOKEN@"),
    ("SMS_URL", "messagebird://", "messagebird://KEY@"),
    ("SMS_URL", "vonage://key:secret@host/path", "vonage://KEY:SECRET@"),
    ("SMS_URL", "nexmo://key:secret@", "vonage://KEY:SECRET@"),
    ("SMS_FROM", "a name of twelve", "a phone number, or at most 11 letters"),
    ("SMS_COUNTRIES", "Germany", "countries such as AT,DE"),
    ("SMS_DAILY_LIMIT", "0", "a whole number from 1"),
    ("ALTOGIC_CLIENT_KEY", "schlüssel", "one word of ASCII"),
]


@pytest.mark.parametrize(("name", "value", "expected"), WRONG)
def test_a_wrong_value_is_told_in_one_line(tmp_path: Path, name: str, value: str, expected: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.from_environment({"DATA_DIR": str(tmp_path), name: value})
    said = str(refused.value)
    assert said.startswith(f"{name}: must ")
    assert expected in said
    assert "\n" not in said


def test_what_sends_sms_needs_a_sender_and_there_are_no_numbers_of_a_country_that_is_none(tmp_path: Path) -> None:
    for expected, environ in {
        "SMS_FROM: must be given where SMS_URL begins with vonage://": {"SMS_URL": "vonage://key:secret@"},
        "SMS_COUNTRIES: there are no phone numbers of a country XX": {"SMS_COUNTRIES": "DE,XX"},
    }.items():
        with pytest.raises(SettingsError, match=f"^{expected}"):
            Settings.from_environment({"DATA_DIR": str(tmp_path), **environ})


def test_a_secret_is_not_repeated(tmp_path: Path) -> None:
    for name, value in {
        "SMTP_URL": "smtpx://ada:hunter2@mail",
        "SMS_URL": "twilio://hunter2@host",
        "ALTOGIC_CLIENT_KEY": "hunter2 hunter2",
    }.items():
        with pytest.raises(SettingsError, match=f"^{name}: ") as refused:
            Settings.from_environment({"DATA_DIR": str(tmp_path), name: value})
        assert "hunter2" not in str(refused.value)


def test_quick_hashes_are_for_this_computer_alone(tmp_path: Path) -> None:
    quick = {"DATA_DIR": str(tmp_path), "PASSWORD_HASHING": "quick"}
    assert Settings.from_environment(quick).passwords.hashing == "quick"
    production = {"PUBLIC_URL": "https://accounts.example.com", "SECRET_KEY": "k" * 32, "TRUSTED_PROXIES": "none"}
    with pytest.raises(SettingsError, match=r"^PASSWORD_HASHING: must be owasp when PUBLIC_URL is not loopback$"):
        Settings.from_environment({**quick, **production})


def test_production_needs_https_and_a_secret(tmp_path: Path) -> None:
    given = {"DATA_DIR": str(tmp_path), "PUBLIC_URL": "https://accounts.example.com", "TRUSTED_PROXIES": "10.0.0.1"}
    for secret in ({}, {"SECRET_KEY": "short"}):
        with pytest.raises(SettingsError, match=r"^SECRET_KEY: must be set"):
            Settings.from_environment({**given, **secret})
    settings = Settings.from_environment({**given, "SECRET_KEY": "k" * 32})
    assert not settings.mail.has_outbox
    assert settings.mail.sender == "no-reply@accounts.example.com"


def test_a_data_folder_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(SettingsError, match=r"^DATA_DIR: must be a folder"):
        Settings.from_environment({"DATA_DIR": str(tmp_path / "file")})


# --- as a program


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "eighty"), ("DATABASE_URL", "sqlite:////no/such/folder/a.db"), ("MESSAGES_DIR", "own")]
)
def test_the_program_ends_with_one_line(tmp_path: Path, name: str, value: str) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "magic-link.txt").write_text("{{ broken")
    program = run_backend_here(tmp_path, **{name: value})
    assert (program.returncode, program.stdout) == (2, "")
    assert program.stderr.startswith(f"{name}: ")
    assert program.stderr.count("\n") == 1


def test_so_it_does_in_a_process_of_its_own(tmp_path: Path) -> None:
    program, here = run_backend_to_its_end(tmp_path, PORT="eighty"), run_backend_here(tmp_path, PORT="eighty")
    assert (program.returncode, program.stdout, program.stderr) == (2, "", here.stderr)


def test_the_program_says_where_it_answers_and_where_mails_are(tmp_path: Path) -> None:
    with start_backend(tmp_path, ALTOGIC_CLIENT_KEY="") as (_, url):
        said = (tmp_path / "said.txt").read_text().splitlines()
    key = (tmp_path / "var" / "client-key").read_text().strip()
    assert said == [f"The backend answers at {url}", f"Client key: {key}", f"Emails are shown at {url}/outbox"]
    with start_backend(tmp_path, SMTP_URL="smtp://ada:hunter2@127.0.0.1:9") as (_, url):
        said = (tmp_path / "said.txt").read_text().splitlines()[3:]
    assert said == [f"The backend answers at {url}", "Emails are sent by 127.0.0.1:9"]
