"""Mails of one's own words (MESSAGES_DIR), mails without a mail server, and where no secret may be found."""

import asyncio
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from backend.mail.templates import MailTemplates
from backend.operations.checking import check
from backend.settings import Settings, SettingsError
from branding.palette import derive_palette
from tests.kit.backend import Backend, run_backend
from tests.kit.mailbox import SmtpServer, first_link, links, text_of, without_code
from tests.kit.people import PASSWORD

OWN_TEXT = "Subject: Welcome {{user.name}}!\n\nDear {{ user.name }}, open {{token.confirmationURL}} soon.\n"
OWN_HTML = '<p>Dear {{user.name}}, <a href="{{token.confirmationURL}}">come in</a>.</p>'


def folder(path: Path, **files: str) -> str:
    """MESSAGES_DIR with these files; a double underscore separates folders, a single one stands for a dash."""
    for name, content in files.items():
        file = path / "own" / (name.replace("__", "/").replace("_", "-") + (".html" if "<" in content else ".txt"))
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, "utf-8")
    return str(path / "own")


OWN_FRAME = (
    "<h1>{% block title %}{% endblock %}</h1>{% block request %}{% endblock %}"
    "{{ token.confirmationURL }}{% block button %}{% endblock %}"
)
EXTENDING = '{% extends "en/letter.html" %}{% block request %}Well, <b>please</b>.{% endblock %}'


async def test_ones_own_template_may_build_on_ours(tmp_path: Path) -> None:
    own = folder(tmp_path, email_confirm=EXTENDING)
    with SmtpServer() as smtp:
        async with run_backend(tmp_path, SMTP_URL=smtp.url, MESSAGES_DIR=own) as backend:
            await backend.signs_up()
            assert ">Well, <b>please</b>.</p>" in text_of(await smtp.wait_for(), "html")


@pytest.mark.parametrize("place", ["magic_link", "en__magic_link"])
async def test_ones_own_templates_replace_ours(tmp_path: Path, place: str) -> None:
    own = folder(tmp_path, **{place: OWN_TEXT})
    folder(tmp_path, **{place: OWN_HTML})
    with SmtpServer() as smtp:
        async with run_backend(tmp_path, SMTP_URL=smtp.url, MESSAGES_DIR=own) as backend:
            await backend.signs_up(name="Ada O'Neill")
            await backend.grants((await backend.opens(first_link(await smtp.wait_for()))).token)
            await backend.post("/auth/send-magic", params={"email": "ada@example.com"})
            mail = await smtp.wait_for(subject="Welcome")
            assert str(mail["Subject"]) == "Welcome Ada O'Neill!"
            assert text_of(mail).startswith("Dear Ada O'Neill, open http://127.0.0.1:8001/_auth/verify?")
            assert text_of(mail, "html").startswith("<p>Dear Ada O&#39;Neill, <a href=")
            assert links(text_of(mail, "html")) == [first_link(mail)]
            assert (await backend.opens(first_link(mail))).query["status"] == "200"


async def test_what_is_not_replaced_stays_ours(tmp_path: Path) -> None:
    own = folder(tmp_path, email_confirm="No subject here. {{token.confirmationURL}}")
    with SmtpServer() as smtp:
        async with run_backend(tmp_path, SMTP_URL=smtp.url, MESSAGES_DIR=own, EMAIL_CONFIRMATION="on") as backend:
            await backend.signs_up()
            mail = await smtp.wait_for()
            assert without_code(mail) == "Confirm your email address for Account pages"
            assert text_of(mail).startswith("No subject here. http")
            assert "To use Account pages, confirm that this is your email address." in text_of(mail, "html")
            await backend.grants((await backend.opens(first_link(mail))).token)
            await backend.post("/auth/send-magic", params={"email": "ada@example.com"})
            assert "Ada" in text_of(await smtp.wait_for(subject="Your login link"))


async def test_a_visitor_is_written_to_in_the_own_language(tmp_path: Path) -> None:
    own = folder(tmp_path, de__email_confirm="Subject: Bitte bestätigen\n{{token.confirmationURL}}")
    with SmtpServer() as smtp:
        async with run_backend(tmp_path, SMTP_URL=smtp.url, MESSAGES_DIR=own) as backend:
            for address, languages in (
                ("ada@example.com", "de-AT,de;q=0.9,en;q=0.5"),
                ("bob@example.com", "fr, en;q=0.5, de;q=0.1"),
                ("eve@example.com", "../../etc/passwd, \u00ff, *"),
            ):
                await backend.signs_up(address, headers={"Accept-Language": languages.encode("latin-1")})
            mails = [await smtp.wait_for(to=f"{who}@example.com") for who in ("ada", "bob", "eve")]
            assert [without_code(mail) for mail in mails] == [
                "Bitte bestätigen",
                *["Confirm your email address for Account pages"] * 2,
            ]


async def test_a_user_is_written_to_in_the_own_language_and_time_whoever_asks(tmp_path: Path) -> None:
    """Anybody may ask for a login link to somebody's address, in whatever language their browser speaks."""
    with SmtpServer() as smtp:
        async with run_backend(tmp_path, SMTP_URL=smtp.url, EMAIL_CONFIRMATION="off") as backend:
            ada = await backend.joins()
            values = {"language": "de-AT", "timezone": "Europe/Vienna"}
            call = {"values": values, "id": ada.body["user"]["_id"], "model": "users", "options": {}}
            await backend.post("/db/object/update", call, session=ada.token)
            asker = {"Accept-Language": "en"}
            await backend.post("/auth/send-magic", params={"email": "ada@example.com"}, headers=asker)
            mail = await smtp.wait_for(subject="Dein Anmeldelink")
            assert "mit diesem Link meldest du dich bei Account pages an:" in text_of(mail)
            assert "Angefordert am 14. März 2026 um 10:26 Uhr UTC+1 (" in text_of(mail)
            assert '<html lang="de" ' in text_of(mail, "html")
            assert ">Anmelden</a>" in text_of(mail, "html")


async def test_what_was_typed_at_sign_up_says_the_language_of_its_mail(tmp_path: Path) -> None:
    with SmtpServer() as smtp:
        async with run_backend(tmp_path, SMTP_URL=smtp.url) as backend:
            await backend.signs_up(name={"name": "Ada", "language": "de"})
            assert without_code(await smtp.wait_for()) == "Bestätige deine E-Mail-Adresse für Account pages"
            await backend.signs_up("bob@example.com", name={"name": "Bob", "language": "tlh"})
            assert (
                without_code(await smtp.wait_for(to="bob@example.com"))
                == "Confirm your email address for Account pages"
            )


@pytest.mark.parametrize(
    ("header", "subject"),
    [("de", "Bestätige"), ("en;q=0.1, de;q=0.2", "Bestätige"), ("de;q=0", "Confirm"), ("fr", "Confirm")],
)
async def test_a_visitor_says_how_much_each_language_is_liked(tmp_path: Path, header: str, subject: str) -> None:
    with SmtpServer() as smtp:
        async with run_backend(tmp_path, SMTP_URL=smtp.url) as backend:
            await backend.signs_up(headers={"Accept-Language": header})
            assert str((await smtp.wait_for())["Subject"]).startswith(subject)


async def test_a_language_of_ones_own_is_added_by_a_folder(tmp_path: Path) -> None:
    own = folder(tmp_path, fr__email_confirm="Subject: Confirmez\n{{token.confirmationURL}}", en__letter=OWN_FRAME)
    with SmtpServer() as smtp:
        async with run_backend(tmp_path, SMTP_URL=smtp.url, MESSAGES_DIR=own) as backend:
            await backend.signs_up(headers={"Accept-Language": "fr, de;q=0.9"})
            assert str((await smtp.wait_for())["Subject"]) == "Confirmez"
            await backend.signs_up("bob@example.com", headers={"Accept-Language": "en"})
            mail = await smtp.wait_for(to="bob@example.com")
            assert text_of(mail, "html").startswith("<h1>Confirm your email address</h1>To use")


async def test_the_button_of_a_mail_has_the_accent_and_words_that_are_read_on_it(tmp_path: Path) -> None:
    own = folder(tmp_path, magic_link='<b style="background:{{ palette.light.fill }}">{{token.confirmationURL}}</b>')
    with SmtpServer() as smtp:
        async with run_backend(tmp_path, SMTP_URL=smtp.url, MESSAGES_DIR=own, ACCENT_COLOR="#ffd400") as backend:
            await backend.signs_up()
            html = text_of(await smtp.wait_for(), "html")
    button = derive_palette("#ffd400").light
    assert button.fill == "#ffd400"
    assert button.fill in html
    assert f"color:{button.on_fill}" in html


def test_our_own_templates_can_be_used() -> None:
    MailTemplates("https://accounts.example.com", "Example", None).check()


BROKEN = [
    "{{ token.confirmationURL",
    "{% if %}{{ token.confirmationURL }}",
    "{{ user.age.in_years }} {{ token.confirmationURL }}",
    "{{ 1 / 0 }} {{ token.confirmationURL }}",
    "{% include 'nothing.txt' %} {{ token.confirmationURL }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }} {{ token.confirmationURL }}",
    "Subject: Where is the link?\nNowhere.",
    "<p>Where is the link?</p>",
]


@pytest.mark.parametrize("template", BROKEN)
def test_a_broken_template_refuses_the_start(tmp_path: Path, template: str) -> None:
    settings = Settings.from_environment(
        {"DATA_DIR": str(tmp_path), "MESSAGES_DIR": folder(tmp_path, magic_link=template)}
    )
    with pytest.raises(SettingsError) as refused:
        check(settings)
    assert str(refused.value).startswith("MESSAGES_DIR: the template magic-link.")
    assert "\n" not in str(refused.value)


def test_a_template_that_is_no_text_refuses_the_start(tmp_path: Path) -> None:
    own = Path(folder(tmp_path, magic_link="x"))
    (own / "magic-link.txt").write_bytes(b"\xff\xfe{{token.confirmationURL}}")
    with pytest.raises(SettingsError, match=r"^MESSAGES_DIR: the template magic-link\.txt "):
        check(Settings.from_environment({"DATA_DIR": str(tmp_path), "MESSAGES_DIR": str(own)}))


# --- without a mail server


async def test_whoever_sits_at_the_machine_reads_the_mails(backend: Backend) -> None:
    await backend.signs_up(name="<script>alert(1)</script>")
    listing = await backend.http.get("/outbox")
    assert "ada@example.com" in listing.text
    assert listing.headers["cache-control"] == "no-store"
    (page,) = await backend.mails()
    assert "<script>" not in page
    path = "/outbox/" + listing.text.partition('href="/outbox/')[2].partition('"')[0]
    alone = await backend.http.get(path + "/html")
    assert "<script>" not in alone.text
    assert "sandbox" in alone.headers["content-security-policy"]
    assert "script-src" not in alone.headers["content-security-policy"]


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "192.0.2.7"},
        {"X-Forwarded-For": "2001:db8::7"},
        {"X-Forwarded-For": "nonsense"},
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example:8001"},
        {"Host": "192.0.2.7"},
        {"Host": ""},
    ],
)
async def test_nobody_else_reads_them(backend: Backend, headers: dict[str, str]) -> None:
    await backend.signs_up()
    listing = await backend.http.get("/outbox")
    path = "/outbox/" + listing.text.partition('href="/outbox/')[2].partition('"')[0]
    for url in ("/outbox", path, path + "/html"):
        assert (await backend.http.get(url)).status_code == 200
        answer = await backend.http.get(url, headers=headers)
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (404, "resource_not_found")


@pytest.mark.parametrize("mail", ["0" * 24, "x", "%00", "..%2f"])
async def test_an_unknown_mail_is_not_there(backend: Backend, mail: str) -> None:
    for path in (f"/outbox/{mail}", f"/outbox/{mail}/html"):
        assert (await backend.http.get(path)).status_code == 404


async def test_there_is_no_outbox_page_beside_a_mail_server_or_in_production(tmp_path: Path) -> None:
    production = {"PUBLIC_URL": "https://accounts.example.com", "SECRET_KEY": "k" * 32, "TRUSTED_PROXIES": "none"}
    for environ in ({"SMTP_URL": "smtp://127.0.0.1:9"}, production):
        async with run_backend(tmp_path, None, **environ) as backend:
            await backend.signs_up()
            answer = await backend.http.get("http://127.0.0.1:8001/outbox")
            assert answer.status_code == 404


async def test_the_terminal_names_recipient_and_page_but_no_link(
    backend: Backend, capfd: pytest.CaptureFixture[str]
) -> None:
    await backend.signs_up()
    key = parse_qs(urlsplit(await backend.newest_link()).query)["key"][0]
    said = ""
    for _ in range(200):
        said += "".join(capfd.readouterr())
        await asyncio.sleep(0.01)
        if said.endswith("\n"):
            break
    assert said.startswith("Mail for ada@example.com: http://127.0.0.1:8001/outbox/")
    assert key not in said
    assert PASSWORD not in said


# --- secrets


@pytest.mark.only_on("sqlite")
async def test_no_secret_is_found_in_the_database(backend: Backend) -> None:
    granted = await backend.joins()
    signed_in = await backend.signs_in()
    await backend.post("/auth/send-reset", params={"email": "ada@example.com"})
    waiting = "a password that waits"
    await backend.signs_up("bob@example.com", password=waiting)
    secrets = [
        PASSWORD,
        waiting,
        granted.token,
        signed_in.token,
        *backend.settings.secrets.signing_keys,
        backend.settings.secrets.client_key,
    ]
    for link in await backend.links():
        landing = await backend.opens(link)
        secrets += [parse_qs(urlsplit(link).query)["key"][0], landing.query.get("access_token") or landing.query["ref"]]
    files = sorted(backend.settings.data.folder.glob("accounts.db*"))
    kept = b"".join(file.read_bytes() for file in files)
    assert b"ada@example.com" in kept
    assert len(secrets) == 14
    assert not [secret for secret in secrets if secret.encode() in kept]


async def test_what_is_kept_is_for_nobody_else_on_the_machine(backend: Backend) -> None:
    await backend.signs_up()
    folder_mode = backend.settings.data.folder.stat().st_mode
    assert folder_mode & 0o077 == 0
    assert (backend.settings.data.folder / "secret-key").stat().st_mode & 0o077 == 0
