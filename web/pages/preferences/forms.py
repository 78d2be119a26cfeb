"""The forms for language and time zone."""

from collections.abc import Mapping
from typing import ClassVar

from web.forms.base import Form
from web.i18n import time_zones
from web.i18n.locale import LANGUAGES
from web.i18n.locale import gettext as _


class LocaleForm(Form):
    """Language and time zone. Either may be left out, and then stays as it is."""

    fields: ClassVar[tuple[str, ...]] = ("language", "timezone", "next")

    def __init__(self, typed: Mapping[str, str] | None = None) -> None:
        super().__init__(typed)
        zone = self["timezone"]
        self.values["timezone"] = (zone and time_zones.find_listed_name(zone)) or zone

    def check(self) -> None:
        if self["language"] not in LANGUAGES and (self["language"] or not self["timezone"]):
            self.errors["language"] = _("Choose a language from the list.")
        if self["timezone"] and not time_zones.find_listed_name(self["timezone"]):
            self.errors["timezone"] = _("Choose a time zone from the list.")


class TimeZoneForm(LocaleForm):
    """The time zone alone."""

    fields = ("timezone",)

    def check(self) -> None:
        if not self["timezone"] or not time_zones.find_listed_name(self["timezone"]):
            self.errors["timezone"] = _("Choose a time zone from the list.")
