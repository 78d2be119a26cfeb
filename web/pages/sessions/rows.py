"""Rows of the list of sessions, and the ids that pages know them by."""

import hmac
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from starlette.requests import Request

from serving.networks import network
from translations.devices import describe_device, entitle_device
from translations.formatting import format_date, format_datetime
from web.api.shapes import Session
from web.state import SignedIn


class Moment(NamedTuple):
    """An instant as a row shows it: for programs, as a day, and exactly."""

    iso: str
    day: str
    exactly: str

    @classmethod
    def of(cls, instant: datetime) -> "Moment":
        return cls(instant.isoformat(), format_date(instant), format_datetime(instant))


class Row(NamedTuple):
    """A session as a page shows it. Its id is made by the site and safe to print, whatever the backend's token is."""

    id: str
    session: Session
    name: str  # as a heading
    name_within: str  # within a sentence
    began: Moment
    last_seen: Moment | None
    unused: timedelta  # since it was last used
    is_current: bool
    is_near: bool  # on the network that this request came from

    def follows(self, other: "Row") -> bool:
        return not self.is_current and self.session.began <= other.session.began


def locate_row(row_id: str, marks: Mapping[str, str]) -> str:
    """Return the page that holds a row, in the list that these marks name."""
    return f"{'/profile/sessions' if marks else '/profile'}?at={row_id}"


def read_marks(fields: Mapping[str, str]) -> dict[str, str]:
    """Return the fields by which a row says that it is in the list of all, and not in that of the newest."""
    return {"all": "yes"} if "all" in fields else {}


async def load_rows(request: Request[SignedIn]) -> list[Row]:
    """Load all sessions of the signed-in person: this browser's first, then the newest first."""
    return make_rows(request, await request.state["api"].get_all_sessions())


async def find_row(request: Request[SignedIn]) -> Row | None:
    """Load the session that the path names; None where it has ended, or is somebody else's."""
    rows = await load_rows(request)
    return next((row for row in rows if has_id(request, row, request.path_params["id"])), None)


def make_rows(request: Request[SignedIn], sessions: Iterable[Session]) -> list[Row]:
    """Make rows of sessions: this browser's first, then the newest first."""
    token = request.state["api"].client.token
    ordered = sorted(sessions, key=lambda session: (session.token == token, session.began), reverse=True)
    return [_make_row(request, session, number) for session, number in _number_equals(ordered)]


def has_id(request: Request[SignedIn], row: Row, row_id: str) -> bool:
    """Whether a row has this id, by any of the secret keys: pages from before a change of keys still work."""
    ids = (_make_id(key, row.session) for key in request.state["site"].settings.secrets.signing_keys)
    return any(hmac.compare_digest(known.encode(), row_id.encode()) for known in ids)


def _number_equals(sessions: Iterable[Session]) -> Iterator[tuple[Session, int]]:
    """Count the sessions of the same name, so that they can be told apart."""
    counts: Counter[str] = Counter()
    for session in sessions:
        name = _name_session(session, 1, entitle_device)
        counts[name] += 1
        yield session, counts[name]


def _name_session(session: Session, number: int, describe: Callable[[str, str], str]) -> str:
    name = session.label or describe(session.device.browser, session.device.system)
    return f"{name} ({number})" if number > 1 else name


def _make_row(request: Request[SignedIn], session: Session, number: int) -> Row:
    client, site = request.state["api"].client, request.state["site"]
    return Row(
        id=_make_id(site.settings.secrets.signing_keys[0], session),
        session=session,
        name=_name_session(session, number, entitle_device),
        name_within=_name_session(session, number, describe_device),
        began=Moment.of(session.began),
        last_seen=Moment.of(session.last_seen) if session.last_seen else None,
        unused=site.clock() - (session.last_seen or session.began),
        is_current=session.token == client.token,
        is_near=bool(session.address) and _share_network(session.address, client.address),
    )


def _share_network(address: str, other: str) -> bool:
    return address == other or network(address) == network(other)


def _make_id(key: str, session: Session) -> str:
    """Return the first 16 hex digits of HMAC-SHA256(key, token)."""
    return hmac.digest(key.encode(), session.token.encode(), "sha256").hex()[:16]
