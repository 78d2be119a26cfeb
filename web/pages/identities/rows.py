"""Rows of the list of connected accounts."""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from starlette.requests import Request

from translations.formatting import format_date
from web.api.identity_shapes import Identity
from web.state import SignedIn


class Row(NamedTuple):
    """A connected account as the page shows it; `unused` since somebody logged in by it last, or None if nobody did."""

    identity: Identity
    connected: str
    unused: timedelta | None

    @property
    def id(self) -> str:
        return self.identity.id


def make_rows(request: Request[SignedIn], identities: Iterable[Identity]) -> list[Row]:
    """Make rows, oldest first."""
    now = request.state["site"].clock()
    return [
        Row(each, format_date(each.connected), now - each.last_used if each.last_used else None) for each in identities
    ]


def find_row(request: Request[SignedIn], rows: Iterable[Row]) -> Row | None:
    """Find the row that the path names; None where it is gone, or somebody else's."""
    return next((row for row in rows if row.id == request.path_params["id"]), None)
