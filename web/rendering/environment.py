"""The templates' environments, one per language."""

from functools import cache
from pathlib import Path
from typing import Any

import jinja2
from jinja2.utils import internalcode

from translations import Locale, formatting, use_locale
from translations.characters import find_initials
from web.http.owner import name_owner
from web.i18n import wording
from web.i18n.locale import LANGUAGES
from web.i18n.phone_numbers import format_phone
from web.rendering.addresses import make_breakable, show_contact
from web.rendering.compiler import PlainCodeGenerator
from web.rendering.profile_picture import choose_hue
from web.rendering.translated_templates import gettext, ngettext

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = ("templates", "partials")
FILTERS = {
    "address": make_breakable,
    "ago": formatting.format_age,
    "contact": show_contact,
    "date": formatting.format_date,
    "date_and_time": formatting.format_datetime,
    "device": wording.format_device,
    "how_long": wording.format_seconds,
    "hue": choose_hue,
    "initials": find_initials,
    "owner": name_owner,
    "phone": format_phone,
    "time_of_day": formatting.format_time,
}
OURS = "ours"  # the folder in which templates of the owner's find those of ours that they replace
OPTIONS: dict[str, Any] = {
    "loader": jinja2.PrefixLoader({folder: jinja2.FileSystemLoader(ROOT / folder) for folder in FOLDERS}),
    "autoescape": True,
    "auto_reload": False,
    "undefined": jinja2.StrictUndefined,
    "trim_blocks": True,
    "lstrip_blocks": True,
    "extensions": ["jinja2.ext.i18n"],
}


class Templates(jinja2.Environment):
    """Templates with the words of one language. Each is loaded once and never again: a look-up is no more than that."""

    code_generator_class = PlainCodeGenerator
    locale: Locale

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.loaded: dict[str, jinja2.Template] = {}

    @internalcode
    def get_template(self, name: Any, parent: Any = None, globals: Any = None) -> jinja2.Template:  # noqa: A002, ARG002
        """Return a template by its name."""
        return self.loaded.get(name) or self._load(name)

    def load_all(self) -> None:
        """Compile all templates but those of ours that are replaced, which are compiled where one builds on them."""
        for name in self.list_templates(extensions=["html"]):
            if not name.startswith(f"{OURS}/"):
                self.get_template(name)

    def _load(self, name: str) -> jinja2.Template:
        with use_locale(self.locale):
            template = super().get_template(name)
        template.globals = dict(template.globals)  # each include copies them, and Jinja's own kind is slow to copy
        self.loaded[name] = template
        return template


@cache
def environment(language: str, theme: Path | None = None) -> Templates:
    """Return the templates of one language, which are compiled with its words in them.

    A template's name is its path in the repository. One of the same path in the folder `theme` replaces it.
    """
    templates = Templates(**{**OPTIONS, **({"loader": _make_loader(theme)} if theme else {})})
    templates.locale = Locale(LANGUAGES[language])
    templates.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    templates.globals |= {"_": gettext, "gettext": gettext, "ngettext": ngettext}
    templates.filters |= FILTERS
    return templates


def environments(theme: Path | None = None) -> dict[str, Templates]:
    """Return the environments of all languages, by language."""
    return {language: environment(language, theme) for language in LANGUAGES}


def _make_loader(theme: Path) -> jinja2.BaseLoader:
    folders = {
        folder: jinja2.ChoiceLoader([jinja2.FileSystemLoader(theme / folder), jinja2.FileSystemLoader(ROOT / folder)])
        for folder in FOLDERS
    }
    return jinja2.PrefixLoader({**folders, OURS: OPTIONS["loader"]})
