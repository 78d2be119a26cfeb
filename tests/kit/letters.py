"""Letters as they are mailed, of every kind, language and product, without an account for each."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from backend.mail.letter import Letter
from backend.mail.letters import LETTERS
from backend.mail.templates import MailTemplates, RenderedMail
from backend.store.records import Link, Mail
from branding.palette import OURS, Palette
from tests.kit.people import ADA, CHROME

ASKED_AT = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
KEY = "Zk3wq0Vb2Yx9TfUo1rLh8cPpJd6sNe4mKaGiBv5XlQw"
DETAILS = {
    "left": 3,
    "few": True,
    "provider": "GitHub",
    "endDtm": (ASKED_AT + timedelta(days=3)).isoformat(),
}  # where a letter has some
LONG_PRODUCT = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunte"  # as long as SITE_NAME may be, one word


def write_letter(
    kind: str,
    language: str = "en",
    *,
    product: str = "Acme",
    name: str = ADA.name,
    palette: Palette = OURS,
    folder: Path | None = None,
    has_link: bool = True,
    code: str = "",
    timezone: str = "",
) -> RenderedMail:
    """Render a letter that Ada asked for, with the longest that it may say. `folder` is MESSAGES_DIR."""
    link = _make_link(LETTERS[kind], language)
    templates = _load_templates(product, folder, palette)
    code = code or ("WDJB-MJHT" if LETTERS[kind].has_code else "")
    mail = Mail("c" * 24, kind, link.id, link.user_id, link.email, name, language, ASKED_AT, ASKED_AT)
    if not has_link:
        return templates.render(replace(mail, link_id=None), None, "")
    return templates.render(mail, link, KEY, timezone, code=code)


@cache
def _load_templates(product: str, folder: Path | None, palette: Palette) -> MailTemplates:
    """Load them once, as a program does: of a folder each is tried in each language."""
    host = "accounts.example.com"
    return MailTemplates(f"https://{host}", product, folder, palette, site_host=host)


def _make_link(letter: Letter, language: str) -> Link:
    return Link(
        id="a" * 24,
        kind=letter.link_kind,
        user_id="b" * 24,
        registration_id=None,
        email=ADA.email,
        key_hash="",
        access_hash="",
        handle_hash="",
        created_at=ASKED_AT,
        expires_at=ASKED_AT + timedelta(hours=1),
        pressed_at=None,
        access_expires_at=None,
        spent_at=None,
        asked_at=ASKED_AT,
        user_agent=CHROME,
        address="192.0.2.7",
        language=language,
        waiting_hash="of the browser that waits for the mail",
        details=json.dumps(DETAILS),
    )
