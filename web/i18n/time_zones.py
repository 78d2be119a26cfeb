"""The time zones people may choose from, by the names their language has for them."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files

from babel.core import get_global
from babel.dates import get_timezone_location

from web.i18n.locale import LANGUAGES, current_locale
from web.i18n.locale import gettext as _

UTC = "UTC"
ZERO = ("Etc/UTC", "Etc/GMT", "GMT")
FIXED = re.compile(r"Etc/GMT[+-](1[0-4]|[1-9])")
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


def _read(file: str) -> list[str]:
    """The lines of a file of the tz database."""
    return (files("tzdata") / "zoneinfo" / file).read_text("utf-8").splitlines()


def _list_names() -> Iterator[str]:
    """All that CLDR has cities for, and what the tz database split off since."""
    in_cldr, older = get_global("zone_territories"), get_global("zone_aliases")
    yield from in_cldr
    for line in _read("zone.tab"):
        name = line.split("\t")[2] if not line.startswith("#") else ""
        if name and name not in in_cldr and name not in older:
            yield name


NAMES = frozenset(name for name in _list_names() if name.partition("/")[0] in PARTS) | {UTC}


def by_part_of_the_world() -> Mapping[str, Mapping[str, str]]:
    """Part of the world -> zone -> its city, in the language and the order of the reader."""
    parts = sorted((words(), part) for part, words in PARTS.items())
    cities = _cities(current_locale.get().language.code)
    return {words: cities[part] for words, part in parts}


def find_listed(name: str) -> str:
    """The name by which a zone is in the list, whichever of its names is given: Europe/Kyiv for Europe/Kiev.

    Empty where there is no such zone. A zone of a fixed offset (Etc/GMT+5) is in no list, and keeps its name.
    """
    if name in NAMES:
        return name
    return _listed_by_alias().get(name) or (name if FIXED.fullmatch(name) else "")


def find_other_names() -> Mapping[str, str]:
    """Listed name -> all others of the zone, parted by blanks: a browser's own name for it may be any of them."""
    return _other_names()


@cache
def _other_names() -> dict[str, str]:
    others: dict[str, list[str]] = {}
    for alias, name in _listed_by_alias().items():
        others.setdefault(name, []).append(alias)
    return {name: " ".join(sorted(aliases)) for name, aliases in others.items()}


@cache
def _listed_by_alias() -> dict[str, str]:
    """From CLDR, which has the names of browsers, and from the links of the tz database, which has all the others."""
    links = {link: target for target, link in _links()} | dict(get_global("zone_aliases")) | dict.fromkeys(ZERO, UTC)
    found = {link: _follow(link, links) for link in links if link not in NAMES}
    return {link: name for link, name in found.items() if name}


def _links() -> Iterator[tuple[str, str]]:
    """Each link of the tz database, as its target and its name."""
    for line in _read("tzdata.zi"):
        if line.startswith("L "):
            _kind, target, link = line.split()
            yield target, link


def _follow(name: str, links: Mapping[str, str]) -> str:
    """To the first name that is in the list; empty where none is."""
    while name not in NAMES and name in links:
        name = links[name]
    return name if name in NAMES else ""


@cache
def _cities(language: str) -> dict[str, dict[str, str]]:
    locale = LANGUAGES[language].locale
    named = {name: str(get_timezone_location(name, locale=locale, return_city=True)) for name in NAMES - {UTC}}
    ordered = sorted(named.items(), key=lambda item: unicodedata.normalize("NFKD", item[1]).casefold())
    return {part: {name: city for name, city in ordered if name.partition("/")[0] == part} for part in PARTS}
