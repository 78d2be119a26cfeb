"""The history of the account: what happened, page by page."""

from typing import NamedTuple

from starlette.requests import Request
from starlette.responses import Response

from translations.devices import entitle_device
from web.api.errors import ApiError
from web.api.shapes import Event, History
from web.rendering.pages import Page
from web.state import SignedIn

HISTORY = Page("templates/history/list.html")
PAGE = 30  # events at once


class Row(NamedTuple):
    """An event, and the browser that it came from as a heading; empty where it came from many."""

    event: Event
    where: str

    @classmethod
    def of(cls, event: Event) -> "Row":
        device = event.device
        return cls(event, entitle_device(device.browser, device.system) if device else "")


async def show(request: Request[SignedIn]) -> Response:
    """Show a page of events: the newest, or those that follow where `?after=` says so."""
    after = request.query_params.get("after", "")
    history = await _load_history(request, after)
    rows = [Row.of(event) for event in history.events]
    return await HISTORY.show(request, rows=rows, next=history.next, is_newest=not after)


async def _load_history(request: Request[SignedIn], after: str) -> History:
    """Load the page at a place; where somebody made the place up, the newest."""
    api = request.state["api"]
    try:
        return await api.get_history(PAGE, after)
    except ApiError as refused:
        if not after or refused.status != 400:
            raise
        return await api.get_history(PAGE)
