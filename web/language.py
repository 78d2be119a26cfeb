"""The words people read, in their language: gettext, bound to the request that is being answered."""

from contextvars import ContextVar
from gettext import NullTranslations

translations: ContextVar[NullTranslations] = ContextVar("translations", default=NullTranslations())  # noqa: B039


def gettext(message: str) -> str:
    return translations.get().gettext(message)


def ngettext(singular: str, plural: str, count: int) -> str:
    return translations.get().ngettext(singular, plural, count)
