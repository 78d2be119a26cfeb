"""What happened to an account: an addition of our own backend (docs/contract.md, "Events")."""

from web.api.connection import BoundClient, expect_shape
from web.api.errors import ApiError
from web.api.shapes import Event, History


class EventsClient(BoundClient):
    """Calls about the user's events. Errors as in Altogic's methods."""

    async def get_history(self, limit: int, *, after: str = "", before: str = "") -> History:
        """Return what happened to the account: the newest, or the page that another one names as its `next` (`after`)
        or `previous` (`before`).

        Raises ApiError 400 for another text.
        """
        places = {"after": after, "before": before}
        params = {"limit": str(limit)} | {name: place for name, place in places.items() if place}
        answer = await self._call("GET", "/account/events", params=params)
        with expect_shape():
            return History.from_json(answer)

    async def find_event(self, event_id: str) -> Event | None:
        """Return one of the user's events, or None."""
        try:
            answer = await self._call("GET", "/account/event", params={"id": event_id})
        except ApiError as refused:
            if refused.status != 404:
                raise
            return None
        with expect_shape():
            return Event.from_json(answer)

    async def disown_event(self, event_id: str) -> bool:
        """Log everybody else out, for somebody else has done this ("This wasn't me"). False for no such event.

        Raises ConfirmationRequired.
        """
        try:
            await self._call("POST", "/account/event/disown", params={"id": event_id})
        except ApiError as refused:
            if refused.status != 404:
                raise
            return False
        return True
