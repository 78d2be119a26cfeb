"""Whether mail travels encrypted, whose certificate is believed, and the name said to the mail server."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from backend.mail.errors import MailServerUnavailableError
from backend.mail.smtp import SmtpSession, SmtpTimeouts
from backend.settings import Settings
from backend.settings.mail import SmtpServer as SmtpServerSettings
from tests.kit.backend import run_backend
from tests.kit.certificates import make_certificate
from tests.kit.mailbox import SmtpServer
from tests.kit.outbox_rows import row_with

pytestmark = pytest.mark.only_on("sqlite")

FAR = "mail.example.com"


@dataclass
class Encrypted(SmtpServer):
    """Offers STARTTLS with a certificate that it signed itself. `seen`: the name we said, and whether encrypted."""

    context: ssl.SSLContext | None = None
    seen: list[tuple[str, bool]] = field(default_factory=list)

    def __enter__(self) -> "Encrypted":
        options: dict[str, Any] = {"tls_context": self.context} if self.context else {}
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port, **options)
        self.controller.start()
        return self

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's)
        self.seen.append((str(session.host_name), session.ssl is not None))
        return await super().handle_DATA(server, session, envelope)


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    """Of a server whose certificate nobody vouches for, as Debian makes one for each machine."""
    made = make_certificate(tmp_path_factory.mktemp("certificate"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.certificate, made.key)
    return context


@contextmanager
def server(context: ssl.SSLContext | None = None) -> Iterator[Encrypted]:
    with Encrypted(context=context) as smtp:
        yield smtp


@pytest.mark.parametrize(
    ("said", "is_encrypted"),
    [({}, True), ({"SMTP_TLS": "required"}, True), ({"SMTP_TLS": "opportunistic"}, True), ({"SMTP_TLS": "off"}, False)],
)
async def test_a_mail_server_on_this_machine_is_believed_whatever_its_certificate(
    tmp_path: Path, context: ssl.SSLContext, said: dict[str, str], is_encrypted: bool
) -> None:
    with server(context) as smtp:
        url = smtp.url.replace("127.0.0.1", "localhost")
        async with run_backend(tmp_path, None, **{"SMTP_URL": url, **said}) as backend:
            await backend.signs_up()
            await smtp.wait_for(to="ada@example.com")
    assert smtp.seen == [("[127.0.0.1]", is_encrypted)]


async def test_nothing_is_sent_in_the_clear_where_encryption_is_required(tmp_path: Path) -> None:
    with server() as smtp:
        async with run_backend(tmp_path, SMTP_URL=smtp.url, SMTP_TLS="required") as backend:
            await backend.signs_up()
            assert "STARTTLS" in (await row_with(backend, tries=1))["failure"]
    assert smtp.messages == []


async def test_a_server_elsewhere_must_show_a_certificate_that_is_right_unless_any_will_do(
    tmp_path: Path, context: ssl.SSLContext
) -> None:
    with server(context) as smtp:
        checked = _settings(tmp_path, SMTP_URL=f"smtp://{FAR}:{smtp.port}").mail.server
        unchecked = _settings(tmp_path, SMTP_URL=f"smtp://{FAR}:{smtp.port}", SMTP_TLS="opportunistic").mail.server
        assert checked
        assert unchecked
        with pytest.raises(MailServerUnavailableError) as refused:
            await _here(checked).open()
        assert refused.value.kind == "SSLCertVerificationError"
        connection = await _here(unchecked).open()
        assert connection.get_transport_info("sslcontext")
        connection.close()


@pytest.mark.parametrize(
    ("environ", "tls", "checks"),
    [
        ({"SMTP_URL": "smtps://mail.example.com"}, "implicit", True),
        ({"SMTP_URL": "smtps://mail.example.com", "SMTP_TLS": "opportunistic"}, "implicit", False),
        ({"SMTP_URL": "smtps://127.0.0.1"}, "implicit", False),
        ({"SMTP_URL": "smtp://mail.example.com"}, "opportunistic", True),
        ({"SMTP_URL": "smtp://mail.example.com:587"}, "required", True),
        ({"SMTP_URL": "smtp://ada:secret@mail.example.com"}, "required", True),
        ({"SMTP_URL": "smtp://ada:secret@mail.example.com", "SMTP_TLS": "off"}, "off", True),
        ({"SMTP_URL": "smtp://ada:secret@localhost:587"}, "opportunistic", False),
        ({"SMTP_URL": "smtp://[::1]", "SMTP_TLS": "required"}, "required", False),
    ],
)
def test_what_is_not_said_follows_from_address_and_port(
    tmp_path: Path, environ: dict[str, str], tls: str, checks: bool
) -> None:
    smtp = _settings(tmp_path, **environ).mail.server
    assert smtp
    assert (smtp.tls, smtp.checks_certificate) == (tls, checks)


@pytest.mark.parametrize(
    ("environ", "helo"),
    [
        ({}, "[127.0.0.1]"),
        ({"PUBLIC_URL": "http://localhost:8001"}, "[127.0.0.1]"),
        ({"PUBLIC_URL": "http://[::1]:8001"}, "[IPv6:::1]"),
        ({"SMTP_HELO": "accounts.example.org"}, "accounts.example.org"),
        (
            {"PUBLIC_URL": "https://accounts.example.com", "SECRET_KEY": "k" * 32, "TRUSTED_PROXIES": "none"},
            "accounts.example.com",
        ),
    ],
)
def test_the_name_said_is_that_of_the_site(tmp_path: Path, environ: dict[str, str], helo: str) -> None:
    smtp = _settings(tmp_path, SMTP_URL="smtp://127.0.0.1", **environ).mail.server
    assert smtp
    assert smtp.helo == helo


def _settings(folder: Path, **environ: str) -> Settings:
    return Settings.from_environment({"DATA_DIR": str(folder), **environ})


def _here(server: SmtpServerSettings) -> SmtpSession:
    """To that server, as if it were on this machine: nobody else is asked for mail by a test."""
    return SmtpSession(replace(server, host="127.0.0.1"), SmtpTimeouts(), lambda: None)
