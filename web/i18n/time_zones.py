"""The time zones that people choose from, with their names in each language."""

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
UTC_ALIASES = ("Etc/UTC", "Etc/GMT", "GMT")
FIXED = re.compile(r"Etc/GMT[+-](1[0-4]|[1-9])")
CONTINENTS: dict[str, Callable[[], str]] = {
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


def _read_lines(file: str) -> list[str]:
    """Read the lines of a file of the tz database."""
    return (files("tzdata") / "zoneinfo" / file).read_text("utf-8").splitlines()


def _find_names() -> Iterator[str]:
    """Find the zones that CLDR has cities for, and those that the tz database has split off since."""
    in_cldr, older = get_global("zone_territories"), get_global("zone_aliases")
    yield from in_cldr
    for line in _read_lines("zone.tab"):
        name = line.split("\t")[2] if not line.startswith("#") else ""
        if name and name not in in_cldr and name not in older:
            yield name


@cache
def list_names() -> frozenset[str]:
    """Return the names of all zones in the list. Read when first asked for: CLDR's tables take 2 MB."""
    return frozenset(name for name in _find_names() if name.partition("/")[0] in CONTINENTS) | {UTC}


def group_by_continent() -> Mapping[str, Mapping[str, str]]:
    """Return `{continent: {zone: city}}`, named and sorted in the current locale."""
    parts = sorted((words(), part) for part, words in CONTINENTS.items())
    cities = _list_cities(current_locale.get().language.code)
    return {words: cities[part] for words, part in parts}


def find_listed_name(name: str) -> str:
    """Return the name under which the list has a zone, for any of its names: Europe/Kyiv for Europe/Kiev.

    Empty where there is no such zone. A zone with a fixed offset (Etc/GMT+5) is not in the list, and keeps its name.
    """
    if name in list_names():
        return name
    return _map_aliases().get(name) or (name if FIXED.fullmatch(name) else "")


def name_city(name: str) -> str:
    """Return the city of a zone in the current locale, without CLDR's larger tables."""
    named = current_locale.get().language.locale.time_zones.get(name, {})
    return named.get("city") or name.rpartition("/")[2].replace("_", " ")


@cache
def list_other_names() -> Mapping[str, str]:
    """Return `{listed name: the zone's other names, separated by spaces}`; a browser may know it by any of them."""
    others: dict[str, list[str]] = {}
    for alias, name in _map_aliases().items():
        others.setdefault(name, []).append(alias)
    return {name: " ".join(sorted(aliases)) for name, aliases in others.items()}


@cache
def _map_aliases() -> dict[str, str]:
    """Map aliases to listed names: those of browsers from CLDR, all others from the links of the tz database."""
    links = (
        {link: target for target, link in _read_links()}
        | dict(get_global("zone_aliases"))
        | dict.fromkeys(UTC_ALIASES, UTC)
    )
    found = {link: _follow_links(link, links) for link in links if link not in list_names()}
    return {link: name for link, name in found.items() if name}


def _read_links() -> Iterator[tuple[str, str]]:
    """Read the links of the tz database, each as (target, name)."""
    for line in _read_lines("tzdata.zi"):
        if line.startswith("L "):
            _kind, target, link = line.split()
            yield target, link


def _follow_links(name: str, links: Mapping[str, str]) -> str:
    """Follow links to the first name that is in the list; empty where none is."""
    while name not in list_names() and name in links:
        name = links[name]
    return name if name in list_names() else ""


@cache
def _list_cities(language: str) -> dict[str, dict[str, str]]:
    locale = LANGUAGES[language].locale
    named = {name: str(get_timezone_location(name, locale=locale, return_city=True)) for name in list_names() - {UTC}}
    ordered = sorted(named.items(), key=lambda item: unicodedata.normalize("NFKD", item[1]).casefold())
    return {part: {name: city for name, city in ordered if name.partition("/")[0] == part} for part in CONTINENTS}
