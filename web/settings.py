"""The settings of the site, in rooms: read once, checked, frozen."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from branding.pictures import Picture, read_picture
from branding.theme_folder import ThemeFolder, read_theme_folder
from serving.origins import origin_of
from serving.settings import SettingsError
from serving.settings.declaring import Computed, derived, setting
from serving.settings.kinds import (
    EXISTING_FILE,
    EXISTING_FOLDER,
    LINK,
    ORIGIN,
    WEB_ADDRESS,
    Kind,
    split_list,
    whole_number,
)
from serving.settings.reading import Reader
from serving.settings.shared import SharedSettings

__all__ = ["Settings", "SettingsError"]

PORT = 8000
MOST_LINKS = 8  # at the foot of a page
LONGEST_NAME = 40  # characters, of such a link
FOOTER_WORDS = ("about", "accessibility", "contact", "cookies", "imprint", "privacy", "terms")  # we translate these
BACKEND_URL = Kind(lambda value: value and WEB_ADDRESS.parse(value).rstrip("/"), WEB_ADDRESS.expected)
STORAGE_ORIGIN = Kind(lambda value: value and ORIGIN.parse(value), ORIGIN.expected)


def _check_backend_url(url: str | None, reader: Reader) -> None:
    if url and "ALTOGIC_CLIENT_KEY" not in reader:
        raise SettingsError("ALTOGIC_CLIENT_KEY: must be the key of the backend that ALTOGIC_ENV_URL names")


@dataclass(frozen=True)
class Backend:
    """The site's backend."""

    url: str = setting(
        "ALTOGIC_ENV_URL",
        BACKEND_URL,
        Computed(lambda _: "", "embedded"),
        "The address of another backend of the contract: Altogic itself, or `python -m backend`.",
        _check_backend_url,
    )
    storage_origin: str = setting(
        "STORAGE_ORIGIN",
        STORAGE_ORIGIN,
        Computed(lambda reader: origin_of(reader["ALTOGIC_ENV_URL"]), "the origin of `ALTOGIC_ENV_URL`"),
        "The origin that photos may come from.",
    )


@dataclass(frozen=True)
class FooterLink:
    """A link at the foot of each page. `word` is one that we translate, or empty: then the name is shown as given."""

    word: str
    name: str
    url: str


def _parse_footer_links(value: str) -> tuple[FooterLink, ...]:
    links = tuple(_parse_footer_link(part) for part in split_list(value))
    if len(links) > MOST_LINKS or len({link.name.lower() for link in links}) < len(links):
        raise ValueError
    return links


def _parse_footer_link(text: str) -> FooterLink:
    name, url = (part.strip() for part in text.split("=", 1))
    if not name or not name.isprintable() or len(name) > LONGEST_NAME:
        raise ValueError
    return FooterLink(name.lower() if name.lower() in FOOTER_WORDS else "", name, LINK.parse(url))


FOOTER_LINKS = Kind(
    _parse_footer_links,
    f"up to {MOST_LINKS} links with commas between, such as privacy=https://example.com/privacy, Our shop=/shop, each "
    f"to {LINK.expected}",
)


def _check_logo(path: Path | None, _reader: Reader) -> None:
    if path:
        read_picture(path)


def _check_dark_logo(path: Path | None, reader: Reader) -> None:
    if path and not reader["LOGO"]:
        raise ValueError("must be given beside LOGO, which is for the light scheme")
    _check_logo(path, reader)


def _check_folder(path: Path | None, _reader: Reader) -> None:
    if path:
        read_theme_folder(path)


@dataclass(frozen=True)
class Theme:
    """The owner's look, on the site's pages."""

    logo_file: Path | None = setting(
        "LOGO",
        EXISTING_FILE,
        None,
        "An SVG or PNG of at most 64 kB, to be shown at the top of each page, 2 rem high and at most 12 rem wide.",
        _check_logo,
    )
    dark_logo_file: Path | None = setting(
        "LOGO_DARK",
        EXISTING_FILE,
        None,
        "The same for the dark scheme; without it, `LOGO` is shown on a light plate there.",
        _check_dark_logo,
    )
    logo: Picture | None = derived(lambda reader: read_picture(reader["LOGO"]) if reader["LOGO"] else None)
    dark_logo: Picture | None = derived(
        lambda reader: read_picture(reader["LOGO_DARK"]) if reader["LOGO_DARK"] else None
    )

    footer_links: tuple[FooterLink, ...] = setting(
        "FOOTER_LINKS",
        FOOTER_LINKS,
        Computed(lambda _: "", "none"),
        "Links at the foot of each page, such as `privacy=https://example.com/privacy, Our shop=https://example.com`: "
        "`about`, `accessibility`, `contact`, `cookies`, `imprint`, `privacy` and `terms` are translated.",
    )

    theme_dir: Path | None = setting(
        "THEME_DIR",
        EXISTING_FOLDER,
        None,
        "A folder with fonts, icons and templates of your own: [docs/look.md](docs/look.md).",
        _check_folder,
    )
    folder: ThemeFolder = derived(
        lambda reader: read_theme_folder(reader["THEME_DIR"]) if reader["THEME_DIR"] else ThemeFolder()
    )

    @property
    def has_own_statement(self) -> bool:
        """Whether the owner's own page says how accessible the site is."""
        return any(link.word == "accessibility" for link in self.footer_links)

    @property
    def files(self) -> dict[str, bytes]:
        """The owner's pictures that pages load, by name."""
        logos = {"logo": self.logo, "logo-dark": self.dark_logo}
        icons = {name: content for name, content in self.folder.icons.items() if name == "favicon.svg"}
        return {**{f"{name}.{each.ending}": each.content for name, each in logos.items() if each}, **icons}


@dataclass(frozen=True)
class Passwords:
    """Passwords, at the site."""

    minimum: int = setting("PASSWORD_MINIMUM", whole_number(6, 256), "12", "Characters of the shortest password.")


@dataclass(frozen=True)
class Settings(SharedSettings):
    """The settings of the site; each has a default that works on this computer."""

    theme: Theme
    backend: Backend
    passwords: Passwords

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> Self:
        """Read and check all settings. Raises SettingsError for the first that is wrong."""
        return cls.read(Reader(environ, default_port=PORT))
