"""Mails rendered from templates, ours or those in MESSAGES_DIR, in the language of whoever reads them."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import ChoiceLoader, DictLoader, FileSystemLoader, Template
from jinja2.sandbox import SandboxedEnvironment

from backend.kernel.codes import CODE_LIFETIME
from backend.kernel.devices import describe_user_agent
from backend.kernel.masking import mask_email
from backend.mail.greeting import safe_greeting_name
from backend.mail.letter import LEAVING_FOR, Letter
from backend.mail.letters import LETTERS
from backend.settings import SettingsError
from backend.store.records import Link, Mail
from branding.palette import OURS, Palette
from translations import LANGUAGES, SOURCE, Locale, current_locale, find_time_zone, gettext, ngettext, use_locale
from translations.formatting import format_date, format_datetime, format_duration

OWN = Path(__file__).parent / "messages"
OUR_FRAME = f"{SOURCE}/letter.html"  # the name by which templates in MESSAGES_DIR may extend ours
# What every template is rendered with at the start, to see that it can be used.
EXAMPLE: dict[str, Any] = {
    "token": {
        "confirmationURL": "https://example.com/verify?key=example",
        "email": "ada@example.com",
        "isOfBrowser": True,
        "code": "WDJB-MJHT",
    },
    "user": {"name": "Ada", "email": "ada@example.com"},
    "site": {"name": "Example", "host": "accounts.example.com"},
    "validity": "1 hour",
    "code_validity": "10 minutes",
    "asked": {"time": "noon", "browser": "Firefox", "address": "192.0.2.7"},
    "other": {"email": "n…@…"},
    "deletion": "today",
    "details": {"left": 3, "few": True, "end": "noon", "provider": "GitHub"},
}


@dataclass(frozen=True)
class RenderedMail:
    """A mail as it is read. `link` stands in the text in full, before any other link; empty if it has none."""

    subject: str
    text: str
    html: str
    link: str


class MailTemplates:
    """The mail templates: `{kind}.txt`, its first line `Subject: …`, and `{kind}.html`, each within `letter`.

    A file in `replacements`, or in a folder of it named like a language, replaces ours of the same name. Such a folder
    may be of a language without a catalogue, too. Raises SettingsError if one of them cannot be used.
    """

    def __init__(
        self,
        public_url: str,
        site_name: str,
        replacements: Path | None,
        palette: Palette = OURS,
        *,
        site_host: str = "",
    ) -> None:
        self._public_url = public_url
        self._site_host = site_host
        self._site_name = site_name
        self._palette = palette
        self._templates = _load_templates(replacements, OWN) if replacements else _load_own_templates()
        self._replaces_our_frame = replacements is not None and (replacements / OUR_FRAME).exists()
        folders = [entry.name for entry in replacements.iterdir() if entry.is_dir()] if replacements else []
        self.languages = tuple(dict.fromkeys([*LANGUAGES, *sorted(folders)]))
        if replacements:  # ours are checked by the suite, and a start need not wait for it
            self.check()

    def find_language(self, tag: str | None) -> str:
        """Return the language for a tag such as "de" or "de-AT", or "" where no mails are written in it."""
        code = (tag or "").lower()
        return next((known for known in (code, code.partition("-")[0]) if known in self.languages), "")

    def render(self, mail: Mail, link: Link | None, key: str, timezone: str = "", *, code: str = "") -> RenderedMail:
        """Render a mail of the outbox. `key` is the secret of its link, if it has one, which is stored nowhere; `code`
        is as people read it, or "" where it can be typed nowhere."""
        with use_locale(find_mail_locale(mail.language, timezone)):
            values = {**self._word_letter(LETTERS[mail.kind], code), **self._find_values(mail, link, key, code)}
            template = LETTERS[mail.kind].template_name
            subject, text = _split_subject(self._render(template, "txt", mail.language, values))
            html = self._render(template, "html", mail.language, values)
            return RenderedMail(subject or values["subject"], text, html, values["token"]["confirmationURL"])

    def _find_values(self, mail: Mail, link: Link | None, key: str, code: str) -> dict[str, Any]:
        """Return what a template may show; the names in `token` and `user` are Altogic's."""
        return {
            "token": {"confirmationURL": "", "email": mail.recipient, "isOfBrowser": False, "code": ""},
            "user": {"name": safe_greeting_name(mail.name), "email": mail.recipient},
            "site": {"name": self._site_name, "host": self._site_host},
            "validity": "",
            "asked": {"time": format_datetime(mail.created_at), "browser": ""},
            "other": {"email": ""},
            "deletion": format_date(mail.created_at + LEAVING_FOR),
            "details": {"left": 0, "few": True, "end": "", "provider": ""},
            **(self._find_values_of_link(LETTERS[mail.kind], link, key, code) if link else {}),
        }

    def _find_values_of_link(self, letter: Letter, link: Link, key: str, code: str) -> dict[str, Any]:
        url = f"{self._public_url}/_auth/verify?key={quote(key)}&action={quote(link.kind)}"
        return {
            "token": {
                "confirmationURL": "" if letter.is_code_only else url,
                "email": link.email,
                "isOfBrowser": link.waiting_hash is not None,
                "code": code,
            },
            "validity": format_duration(link.expires_at - link.created_at),
            "code_validity": format_duration(CODE_LIFETIME),
            "asked": _describe_request(link),
            "other": {"email": mask_email(link.other_email or "")},
            "details": _word_details(link),
        }

    def _word_letter(self, letter: Letter, code: str) -> dict[str, str]:
        subject = letter.subject(self._site_name)
        if code and letter.subject_with_code:
            subject = letter.subject_with_code(self._site_name, code)
        told = letter.told(self._site_name) if letter.told else ""
        return {"subject": subject, "title": letter.title(), "button": letter.button(), "told": told}

    def _render(self, kind: str, suffix: str, language: str, values: dict[str, Any]) -> str:
        frame = self._template(f"letter.{suffix}", language)
        return self._template(f"{kind}.{suffix}", language).render(
            values, letter=frame, language=current_locale.get().language, palette=self._palette
        )

    def _template(self, file: str, language: str) -> Template:
        """Return the template for this language, else for what it is a form of (`de-formal`: `de`), else for all."""
        names = [f"{language}/{file}", f"{language.partition('-')[0]}/{file}", file]
        return self._templates.select_template(
            [name for name in names if name != OUR_FRAME or self._replaces_our_frame]
        )

    def check(self) -> None:
        """Render each letter in each language. Raises SettingsError for one that cannot be used."""
        for kind in LETTERS:
            for language in self.languages:
                for suffix in ("txt", "html"):
                    self._check_template(kind, suffix, language)

    def _check_template(self, kind: str, suffix: str, language: str) -> None:
        template = LETTERS[kind].template_name
        try:
            with use_locale(find_mail_locale(language)):
                values = {**self._word_letter(LETTERS[kind], EXAMPLE["token"]["code"]), **EXAMPLE}
                rendered = self._render(template, suffix, language, values)
        except Exception as error:  # a template of somebody else's may raise anything
            raise _make_error(f"{template}.{suffix}", _one_line(error)) from error
        letter, name = LETTERS[kind], "code" if LETTERS[kind].is_code_only else "confirmationURL"
        if letter.link_kind and EXAMPLE["token"][name] not in rendered:
            raise _make_error(f"{template}.{suffix}", f"it does not show {{{{token.{name}}}}}")


def find_mail_locale(language: str, timezone: str = "") -> Locale:
    """Return the locale a mail is written in, which says the zone of its times.

    In a language without a catalogue of ours dates are the source's.
    """
    return Locale(LANGUAGES.get(language, LANGUAGES[SOURCE]), find_time_zone(timezone), says_zone=True)


def _describe_request(link: Link) -> dict[str, str]:
    browser = describe_user_agent(link.user_agent)
    return {"time": format_datetime(link.asked_at), "browser": browser, "address": link.address}


def _word_details(link: Link) -> dict[str, Any]:
    """Return what a mail says of its own: numbers as they are, a time in words."""
    details: dict[str, Any] = json.loads(link.details)
    ends_at = details.get("endDtm")
    return {**details, "end": format_datetime(datetime.fromisoformat(ends_at)) if ends_at else ""}


def _split_subject(text: str) -> tuple[str, str]:
    first, _break, rest = text.lstrip().partition("\n")
    match = re.match(r"subject:\s*(.*)", first, re.IGNORECASE)
    return (" ".join(match[1].split()), rest.lstrip("\n")) if match else ("", text)


@cache
def _load_own_templates() -> SandboxedEnvironment:
    """Return our own templates, compiled once for the whole process."""
    return _load_templates(OWN)


def _load_templates(*folders: Path) -> SandboxedEnvironment:
    """Load templates into a sandbox: whoever writes them need not be trusted with the program.

    They are not reloaded, so that what was checked stays in use.
    """
    frame = DictLoader({OUR_FRAME: (OWN / "letter.html").read_text("utf-8")})
    templates = SandboxedEnvironment(
        loader=ChoiceLoader([FileSystemLoader(folders), frame]),
        autoescape=lambda name: bool(name and name.endswith(".html")),
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    templates.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    return templates


def _make_error(file: str, reason: str) -> SettingsError:
    return SettingsError(f"MESSAGES_DIR: the template {file} cannot be used: {reason}")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
