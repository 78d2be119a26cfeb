"""The history of the account: what happened, page by page."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from web.api.errors import ApiError
from web.api.shapes import History
from web.pages.history.rows import group_by_day
from web.rendering.pages import Page
from web.state import SignedIn

HERE = "/profile/history"
HISTORY = Page("templates/history/list.html")
PAGE = 30  # events at once
PLACES = ("after", "before")

Place = dict[str, str]  # `{"after": ...}`, `{"before": ...}`, or {} for the newest


async def show(request: Request[SignedIn]) -> Response:
    """Show a page of events: the newest, or those that follow where `?after=` says so, or come before `?before=`."""
    return await HISTORY.show(request, **await load_page(request, read_place(request.query_params)))


def read_place(fields: Any) -> Place:
    """Return the place in the history that a query, or a form, names."""
    return next(({name: fields[name]} for name in PLACES if fields.get(name)), {})


async def load_page(request: Request[SignedIn], place: Place) -> dict[str, Any]:
    """Return the context of the page at a place."""
    history = await _load_history(request, place)
    days = group_by_day(history.events, request.state["site"].clock())
    return {"days": days, "next": history.next, "previous": history.previous, "place": place}


async def _load_history(request: Request[SignedIn], place: Place) -> History:
    """Load the page at a place; where somebody made the place up, the newest."""
    api = request.state["api"]
    try:
        return await api.get_history(PAGE, **place)
    except ApiError as refused:
        if not place or refused.status != 400:
            raise
        return await api.get_history(PAGE)
