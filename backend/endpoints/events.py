"""The history of one's own account."""

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json
from backend.http.requests import BackendRequest, authenticate, get_services, read_limit, read_query
from backend.http.shapes import event_to_json
from backend.rules.events import load_history

PAGE = 50


async def show(request: BackendRequest) -> Response:
    """Answer with a page of events, newest first, and `next`, which as `?after=` gives the page after it, or null.

    `?limit=` says how many.
    """
    me, limit = await authenticate(request), read_limit(request, "limit") or PAGE
    after = read_query(request, "after")
    page, following = await load_history(get_services(request), me.user, after=after, limit=limit)
    return Json({"events": [event_to_json(event) for event in page], "next": following or None})


ROUTES: list[Route] = [Route("/account/events", show, methods=["GET"])]
