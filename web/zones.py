"""The time zones people may choose from, by the names their language has for them."""

import unicodedata
from collections.abc import Callable, Mapping
from functools import cache

from babel.core import get_global
from babel.dates import get_timezone_location

from web.language import LANGUAGES, reader
from web.language import gettext as _

UTC = "UTC"
PARTS: dict[str, Callable[[], str]] = {
    "Africa": lambda: _("Africa"),
    "America": lambda: _("America"),
    "Antarctica": lambda: _("Antarctica"),
    "Arctic": lambda: _("Arctic"),
    "Asia": lambda: _("Asia"),
    "Atlantic": lambda: _("Atlantic"),
    "Australia": lambda: _("Australia"),
    "Europe": lambda: _("Europe"),
    "Indian": lambda: _("Indian Ocean"),
    "Pacific": lambda: _("Pacific"),
}
NAMES = frozenset(name for name in get_global("zone_territories") if name.partition("/")[0] in PARTS) | {UTC}


def by_part_of_the_world() -> Mapping[str, Mapping[str, str]]:
    """Part of the world -> zone -> its city, in the language and the order of the reader."""
    parts = sorted((words(), part) for part, words in PARTS.items())
    cities = _cities(reader.get().language.code)
    return {words: cities[part] for words, part in parts}


def city(name: str) -> str:
    return UTC if name == UTC else _cities(reader.get().language.code)[name.partition("/")[0]][name]


def listed(name: str) -> str:
    """The name by which a zone is in the list; browsers also know it by older ones."""
    return str(get_global("zone_aliases").get(name, name))


@cache
def _cities(language: str) -> dict[str, dict[str, str]]:
    locale = LANGUAGES[language].locale
    named = {name: str(get_timezone_location(name, locale=locale, return_city=True)) for name in NAMES - {UTC}}
    ordered = sorted(named.items(), key=lambda item: unicodedata.normalize("NFKD", item[1]).casefold())
    return {part: {name: city for name, city in ordered if name.partition("/")[0] == part} for part in PARTS}
