"""Phone numbers as people read and write them."""

import re
import unicodedata
from functools import cache
from typing import Any

import babel
from babel.core import get_global
from babel.lists import format_list

from translations import cut_header
from web.api.capabilities import Phones
from web.i18n.locale import current_locale

LONGEST = 40  # characters typed
ELSEWHERE = "GB"  # whose example is shown where no country is known
WITH_REGION = re.compile(r"[a-z]{2,3}(?:-[a-z]{4})?-([a-z]{2})\b", re.IGNORECASE)


@cache
def load_library() -> Any:
    """Load the library of numbers, which takes 50 ms and some memory: at the first number, or before, in a thread."""
    import phonenumbers

    return phonenumbers


def parse_phone(typed: str) -> str:
    """Return a number as in E.164, however it was typed; "" for what cannot be one."""
    parsed = _parse(typed)
    library = load_library()
    return str(library.format_number(parsed, library.PhoneNumberFormat.E164)) if parsed else ""


def format_phone(phone: str) -> str:
    """Format a number for people, in groups: +49 1511 2345678. What is none stays as it is."""
    parsed = _parse(phone)
    return _group(parsed) if parsed else phone


def find_example(phones: Phones, languages: str) -> str:
    """Return how a mobile number of the person's country is written, or of another one whose numbers can be used.

    The country follows from the time zone, else from a browser's Accept-Language (`languages`), else from the language.
    """
    allowed = phones.countries
    guessed = [country for country in _guess_countries(languages) if not allowed or country in allowed]
    return next(filter(None, map(_make_example, (*guessed, *allowed, ELSEWHERE))))


def name_countries(countries: tuple[str, ...]) -> str:
    """Name countries in the current locale: "Austria, Germany or Switzerland"."""
    locale = current_locale.get().language.locale
    names = [locale.territories.get(each, each) for each in countries]
    return format_list(sorted(names, key=lambda name: unicodedata.normalize("NFKD", name)), style="or", locale=locale)


def _parse(typed: str) -> Any:
    """Return the library's number, or None."""
    library = load_library()
    if len(typed) > LONGEST or not typed.strip().startswith(("+", "\uff0b")):
        return None
    try:
        parsed = library.parse(typed, None)
    except library.NumberParseException:
        return None
    return parsed if library.is_possible_number(parsed) else None


def _guess_countries(languages: str) -> list[str]:
    locale = current_locale.get()
    by_zone = get_global("zone_territories").get(locale.zone.key) if locale.zone else None
    by_browser = [region.upper() for region in WITH_REGION.findall(cut_header(languages))]
    return [*filter(None, [by_zone]), *by_browser, _find_home(locale.language.locale)]


def _find_home(locale: babel.Locale) -> str:
    """Return the country of a language, or that in which most speak it."""
    return locale.territory or str(get_global("likely_subtags")[locale.language]).rpartition("_")[2]


@cache
def _make_example(country: str) -> str:
    library = load_library()
    number = library.example_number_for_type(country, library.PhoneNumberType.MOBILE)
    return _group(number) if number else ""


def _group(number: Any) -> str:
    """Write a number in groups that stay on one line."""
    library = load_library()
    return str(library.format_number(number, library.PhoneNumberFormat.INTERNATIONAL)).replace(" ", "\u00a0")
