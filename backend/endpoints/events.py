"""The history of one's own account."""

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json, done
from backend.http.requests import BackendRequest, authenticate, get_services, read_client, read_limit, read_query
from backend.http.shapes import entry_to_json
from backend.rules import history

PAGE = 50


async def list_events(request: BackendRequest) -> Response:
    """Answer with a page of events, newest first. `?limit=` says how many.

    `next` as `?after=` gives the page that follows, `previous` as `?before=` the one before; null where there is none.
    """
    me, limit = await authenticate(request), read_limit(request, "limit") or PAGE
    after, before = read_query(request, "after"), read_query(request, "before")
    page = await history.load_history(get_services(request), me, after=after, before=before, limit=limit)
    places = {"next": page.next or None, "previous": page.previous or None}
    return Json({"events": [entry_to_json(entry) for entry in page.entries], **places})


async def show(request: BackendRequest) -> Response:
    """Answer with one event: `?id=`."""
    me, event_id = await authenticate(request), read_query(request, "id")
    return Json(entry_to_json(await history.find_entry(get_services(request), me, event_id)))


async def disown(request: BackendRequest) -> Response:
    """Log everybody else out, for somebody else has done this, "This wasn't me": `?id=`."""
    me, event_id = await authenticate(request), read_query(request, "id")
    await history.disown_event(get_services(request), me, event_id, read_client(request))
    return done()


ROUTES: list[Route] = [
    Route("/account/events", list_events, methods=["GET"]),
    Route("/account/event", show, methods=["GET"]),
    Route("/account/event/disown", disown, methods=["POST"]),
]
