"""The words people read, in their language: gettext catalogues, and for whom words are being chosen right now.

Site and backend both read from here; neither learns anything of the other by it.
"""

import gettext as gnu
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import babel
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent
SOURCE = "en"  # what the words in the code are written in; also what is spoken to whom we do not know
LONGEST_HEADER = 500
WISH = re.compile(r"(?P<tag>[a-z]{1,8}(-[a-z0-9]{1,8})*|\*)(\s*;\s*q=(?P<quality>0(\.\d{0,3})?|1(\.0{0,3})?))?")


@dataclass(frozen=True)
class Language:
    code: str  # as people and cookies choose it
    name: str  # as its speakers call it
    locale: babel.Locale  # how it writes dates
    catalogue: gnu.NullTranslations

    @property
    def tag(self) -> str:
        """The language as HTML names it: the formal form of one is no language of its own."""
        return str(self.locale.language)

    @property
    def is_right_to_left(self) -> bool:
        return bool(self.locale.text_direction == "rtl")


def _language(code: str, name: str, locale: str) -> Language:
    return Language(code, name, babel.Locale.parse(locale), _catalogue(code))


def _catalogue(code: str) -> gnu.NullTranslations:
    """Straight from what translators edit: read in a few milliseconds, it needs no compiled file beside it."""
    if code == SOURCE:
        return gnu.NullTranslations()
    with (FOLDER / code.replace("-", "_") / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return gnu.GNUTranslations(compiled)


LANGUAGES = {
    language.code: language
    for language in (
        _language(SOURCE, "English", "en_GB"),
        _language("de", "Deutsch", "de"),
        _language("de-formal", "Deutsch (Sie)", "de"),
    )
}


@dataclass(frozen=True)
class Locale:
    """For whom words are chosen: the language, and the time zone where it is known."""

    language: Language = LANGUAGES[SOURCE]
    zone: ZoneInfo | None = None

    @property
    def is_told_utc(self) -> bool:
        """Whether times have to name their zone, because it is not the reader's own."""
        return self.zone is None or self.zone.utcoffset(None) == timedelta(0)

    def local(self, instant: datetime) -> datetime:
        return instant.astimezone(self.zone or UTC)


current_locale: ContextVar[Locale] = ContextVar("locale", default=Locale())  # noqa: B039


def gettext(message: str) -> str:
    return current_locale.get().language.catalogue.gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    return current_locale.get().language.catalogue.ngettext(singular, plural, count)


@contextmanager
def use_locale(somebody: Locale) -> Iterator[None]:
    """Words are chosen for somebody else for a while."""
    token = current_locale.set(somebody)
    try:
        yield
    finally:
        current_locale.reset(token)


# -- What people ask for


def language_for_tag(tag: object) -> Language | None:
    """Return the language for a tag such as "de", "de-AT" or "de-formal"; None where there is no catalogue for it."""
    code = str(tag or "").lower()
    return LANGUAGES.get(code) or LANGUAGES.get(code.partition("-")[0])


def find_time_zone(name: object) -> ZoneInfo | None:
    """The time zone of that name; None where there is none, whatever the name may be."""
    try:
        return ZoneInfo(name) if isinstance(name, str) and name else None
    except (KeyError, ValueError, OSError):
        return None


def negotiate_locale(header: str, known: tuple[str, ...] = tuple(LANGUAGES)) -> str:
    """The one of `known` that an Accept-Language header likes best (RFC 9110, 12.5.4); else the first of them."""
    return _liked_best(cut_header(header), known)


def cut_header(header: str) -> str:
    """As much of an Accept-Language header as is read, no wish cut in two: for pages and mails the same."""
    return header if len(header) <= LONGEST_HEADER else header[: LONGEST_HEADER + 1].rpartition(",")[0]


@lru_cache(maxsize=256)
def _liked_best(header: str, known: tuple[str, ...]) -> str:
    wishes = list(_wishes(header))
    best = max(known, key=lambda code: _rank(code, wishes))  # of equals the first
    return best if _rank(best, wishes)[0] else known[0]


def _rank(code: str, wishes: list[tuple[str, float]]) -> tuple[float, bool, int, bool]:
    """Return how much a language is wanted, whether by its name and not by `*`, how early, and whether exactly.

    A form of a language, such as "de-formal", is wanted by its own name only.
    """
    named = [
        (quality, True, -place, tag == code)
        for place, (tag, quality) in enumerate(wishes)
        if tag == code or (quality and tag.partition("-")[0] == code)
    ]
    others = [(quality, False, 0, False) for tag, quality in wishes if tag == "*" and "-" not in code]
    return max(named or others, default=(0.0, False, 0, False))


def _wishes(header: str) -> Iterator[tuple[str, float]]:
    """Tags and how much each is wanted. What is not well formed is passed over."""
    for part in header.lower().split(","):
        if wish := WISH.fullmatch(part.strip()):
            yield wish["tag"], float(wish["quality"] or 1)
