"""Mails as people read them: from templates, ours or those in MESSAGES_DIR."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import FileSystemLoader, Template
from jinja2.sandbox import SandboxedEnvironment

from backend.devices import in_words
from backend.settings import SettingsError
from backend.store.records import Link, Mail

OWN = Path(__file__).parent / "messages"
KINDS = ("email-confirm", "magic-link", "magic-link-sign-up", "reset-pwd", "change-email")
DEFAULT_LANGUAGE = "en"
EXAMPLE: dict[str, Any] = {
    "token": {"confirmationURL": "https://example.com/verify?key=example", "email": "ada@example.com"},
    "user": {"name": "Ada", "email": "ada@example.com"},
    "site": {"name": "Example"},
    "validity": "1 hour",
    "asked": {"time": "noon", "browser": "Firefox"},
}


@dataclass(frozen=True)
class Letter:
    """A mail, ready to be read. `link` stands in the text in full, before any other."""

    subject: str
    text: str
    html: str
    link: str


class Messages:
    """The mail templates: `{kind}.txt`, its first line `Subject: …`, and `{kind}.html`.

    A file in `replacements`, or in a folder of it named like a language, replaces ours of the same name. Raises
    SettingsError if one of them cannot be used.
    """

    def __init__(self, public_url: str, site_name: str, replacements: Path | None) -> None:
        self._public_url = public_url
        self._site_name = site_name
        folders = [replacements, OWN] if replacements else [OWN]
        self._replacements, self._templates, self._ours = replacements, _templates_in(folders), _templates_in([OWN])
        self.languages = frozenset(entry.name for folder in folders for entry in folder.iterdir() if entry.is_dir())
        self._check()

    def compose(self, mail: Mail, link: Link, key: str) -> Letter:
        """The mail with its link made whole again by `key`."""
        url = f"{self._public_url}/_auth/verify?key={quote(key)}&action={quote(link.kind)}"
        values = {
            "token": {"confirmationURL": url, "email": link.email},
            "user": {"name": _greetable(mail.name), "email": mail.recipient},
            "site": {"name": self._site_name},
            "validity": in_time(link.expires_at - link.created_at),
            "asked": {"time": on_the_clock(link.asked_at), "browser": in_words(link.user_agent)},
        }
        subject, text = self._text(mail.kind, mail.language, values)
        html = self._render(mail.kind, "html", mail.language, values)
        return Letter(subject, text, html, url)

    def _text(self, kind: str, language: str, values: dict[str, Any]) -> tuple[str, str]:
        """Subject and text. A replacement without a subject keeps ours."""
        rendered = self._render(kind, "txt", language, values)
        subject, text = _split_subject(rendered)
        if not subject:
            ours = self._ours.get_template(f"{DEFAULT_LANGUAGE}/{kind}.txt").render(values)
            subject, text = _split_subject(ours)[0], rendered
        return subject, text

    def _render(self, kind: str, suffix: str, language: str, values: dict[str, Any]) -> str:
        return self._template(f"{kind}.{suffix}", language).render(values)

    def _template(self, file: str, language: str) -> Template:
        """A replacement for every language counts where there is none for this one."""
        translated, default = f"{language}/{file}", f"{DEFAULT_LANGUAGE}/{file}"
        theirs = self._replacements or OWN
        if (theirs / file).is_file() and not (theirs / translated).is_file():
            return self._templates.get_template(file)
        return self._templates.select_template([translated, default])

    def _check(self) -> None:
        for kind in KINDS:
            for language in sorted(self.languages | {DEFAULT_LANGUAGE}):
                for suffix in ("txt", "html"):
                    self._check_template(kind, suffix, language)

    def _check_template(self, kind: str, suffix: str, language: str) -> None:
        try:
            rendered = self._render(kind, suffix, language, EXAMPLE)
        except Exception as error:  # whatever a template of somebody else's may raise
            raise _unusable(f"{kind}.{suffix}", _one_line(error)) from error
        if EXAMPLE["token"]["confirmationURL"] not in rendered:
            raise _unusable(f"{kind}.{suffix}", "it does not show {{token.confirmationURL}}")


def in_time(span: timedelta) -> str:
    """Such as "1 hour" or "90 minutes"."""
    minutes = max(1, round(span.total_seconds() / 60))
    for unit, length in (("day", 24 * 60), ("hour", 60), ("minute", 1)):
        if minutes % length == 0:
            count = minutes // length
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    raise AssertionError("every number of minutes is a number of minutes")


def on_the_clock(moment: datetime) -> str:
    """Such as "23 November 2026 at 10:42 UTC"."""
    return f"{moment.day} {moment:%B %Y} at {moment:%H:%M} UTC"


def _greetable(name: str) -> str:
    """The name, unless a mail program would turn it into a link: then whoever typed it could mail links to anybody."""
    return "" if re.search(r"://|www\.|\w\.\w{2,}|@", name, re.IGNORECASE) else name


def _split_subject(text: str) -> tuple[str, str]:
    first, _, rest = text.lstrip().partition("\n")
    match = re.match(r"subject:\s*(.*)", first, re.IGNORECASE)
    return (" ".join(match[1].split()), rest.lstrip("\n")) if match else ("", text)


def _templates_in(folders: list[Path]) -> SandboxedEnvironment:
    """Sandboxed: whoever writes mail templates need not be trusted with the program. What was checked stays in use."""
    return SandboxedEnvironment(
        loader=FileSystemLoader(folders),
        autoescape=lambda name: bool(name and name.endswith(".html")),
        auto_reload=False,
    )


def _unusable(file: str, reason: str) -> SettingsError:
    return SettingsError(f"MESSAGES_DIR: the template {file} cannot be used: {reason}")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
