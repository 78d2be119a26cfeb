"""Rows of the list of passkeys, and what each is called."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import NamedTuple

from starlette.requests import Request

from translations.devices import describe_device
from translations.formatting import format_date
from web.api.passkey_shapes import Passkey
from web.i18n.locale import gettext as _
from web.state import SignedIn


class Row(NamedTuple):
    """A passkey as the page shows it; `unused` since it was used last, or None if it never was."""

    passkey: Passkey
    name: str
    added: str
    unused: timedelta | None

    @property
    def id(self) -> str:
        return self.passkey.id


def make_rows(request: Request[SignedIn], passkeys: Iterable[Passkey]) -> list[Row]:
    """Make rows, oldest first. Those of the same name are numbered, so that they can be told apart."""
    now = request.state["site"].clock()
    return [
        Row(each, name, format_date(each.added), now - each.last_used if each.last_used else None)
        for each, name in _number_equals(passkeys)
    ]


def _number_equals(passkeys: Iterable[Passkey]) -> Iterator[tuple[Passkey, str]]:
    counts: Counter[str] = Counter()
    for passkey in passkeys:
        name = passkey.name or _describe(passkey)
        counts[name] += 1
        yield passkey, f"{name} ({counts[name]})" if counts[name] > 1 else name


def _describe(passkey: Passkey) -> str:
    """Name a passkey after what keeps it, or after where it was added."""
    if passkey.provider:
        return passkey.provider
    if passkey.is_security_key:
        return _("Security key")
    device = passkey.device
    if not device.browser and not device.system:
        return _("Passkey")
    return _("Passkey in %(device)s") % {"device": describe_device(device.browser, device.system)}
