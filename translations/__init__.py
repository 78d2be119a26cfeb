"""Languages: gettext catalogues, the current locale, and the negotiation of a language. For both programs."""

import gettext as gnu
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property, lru_cache
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import babel

FOLDER = Path(__file__).parent
SOURCE = "en"  # of the words in the code, and the fallback
LONGEST_HEADER = 500
PREFERENCE = re.compile(r"(?P<tag>[a-z]{1,8}(-[a-z0-9]{1,8})*|\*)(\s*;\s*q=(?P<quality>0(\.\d{0,3})?|1(\.0{0,3})?))?")


@dataclass(frozen=True)
class Language:
    """A language with its catalogue. A new one is one `.po` file, and one line in LANGUAGES."""

    code: str  # as people and cookies choose it
    name: str  # as its speakers call it
    locale: babel.Locale  # how it writes dates

    @cached_property
    def catalogue(self) -> gnu.NullTranslations:
        """The words of the language, read when they are first asked for: a start in another need not wait for them."""
        return _read_catalogue(self.code)

    @property
    def tag(self) -> str:
        """The language as HTML names it: the formal form of one is no language of its own."""
        return str(self.locale.language)

    @property
    def is_right_to_left(self) -> bool:
        return bool(self.locale.text_direction == "rtl")


def _language(code: str, name: str, locale: str) -> Language:
    return Language(code, name, babel.Locale.parse(locale))


def _read_catalogue(code: str) -> gnu.NullTranslations:
    """Read the `.po` file itself, which takes a few milliseconds, so that nothing has to be compiled."""
    if code == SOURCE:
        return gnu.NullTranslations()
    from babel.messages.mofile import write_mo  # imported here: a start in English needs neither
    from babel.messages.pofile import read_po

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
    """The language of a person, and the time zone if it is known.

    With `says_zone` every time says how far it is from UTC: a mail is read later, and elsewhere.
    """

    language: Language = LANGUAGES[SOURCE]
    zone: ZoneInfo | None = None
    says_zone: bool = False

    @property
    def names_utc(self) -> bool:
        """Whether times are in UTC and say so, because the person's zone is unknown or is UTC."""
        return self.zone is None or self.zone.utcoffset(None) == timedelta(0)

    def local(self, instant: datetime) -> datetime:
        """Return an instant in the person's time zone, or in UTC."""
        return instant.astimezone(self.zone or UTC)


current_locale: ContextVar[Locale] = ContextVar("locale", default=Locale())  # noqa: B039


def gettext(message: str) -> str:
    """Translate a message into the current locale."""
    return current_locale.get().language.catalogue.gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    """Translate a message in the plural form that the count needs."""
    return current_locale.get().language.catalogue.ngettext(singular, plural, count)


@contextmanager
def use_locale(locale: Locale) -> Iterator[None]:
    """Use another locale while the context lasts."""
    token = current_locale.set(locale)
    try:
        yield
    finally:
        current_locale.reset(token)


# Negotiation


def language_for_tag(tag: object) -> Language | None:
    """Return the language for a tag such as "de", "de-AT" or "de-formal"; None where there is no catalogue for it."""
    code = str(tag or "").lower()
    return LANGUAGES.get(code) or LANGUAGES.get(code.partition("-")[0])


def find_time_zone(name: object) -> ZoneInfo | None:
    """Return the time zone of that name, or None if there is none; the name may be of any type."""
    try:
        return ZoneInfo(name) if isinstance(name, str) and name else None
    except (KeyError, ValueError, OSError):
        return None


def negotiate_locale(header: str, known: tuple[str, ...] = tuple(LANGUAGES)) -> str:
    """Return the best of `known` for an Accept-Language header (RFC 9110, 12.5.4), or the first of them."""
    return _find_best(cut_header(header), known)


def cut_header(header: str) -> str:
    """Cut an Accept-Language header to the length that is read, between two languages."""
    return header if len(header) <= LONGEST_HEADER else header[: LONGEST_HEADER + 1].rpartition(",")[0]


@lru_cache(maxsize=256)
def _find_best(header: str, known: tuple[str, ...]) -> str:
    preferences = list(_parse_header(header))
    best = max(known, key=lambda code: _rank(code, preferences))  # of equals the first
    return best if _rank(best, preferences)[0] else known[0]


def _rank(code: str, preferences: list[tuple[str, float]]) -> tuple[float, bool, int, bool]:
    """Return how much a language is wanted, whether by its name and not by `*`, how early, and whether exactly.

    A form of a language, such as "de-formal", is wanted by its own name only.
    """
    named = [
        (quality, True, -place, tag == code)
        for place, (tag, quality) in enumerate(preferences)
        if tag == code or (quality and tag.partition("-")[0] == code)
    ]
    others = [(quality, False, 0, False) for tag, quality in preferences if tag == "*" and "-" not in code]
    return max(named or others, default=(0.0, False, 0, False))


def _parse_header(header: str) -> Iterator[tuple[str, float]]:
    """Yield each tag with its quality. Malformed ones are skipped."""
    for part in header.lower().split(","):
        if preference := PREFERENCE.fullmatch(part.strip()):
            yield preference["tag"], float(preference["quality"] or 1)
