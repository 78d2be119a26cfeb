"""Why a channel has not taken an item. What follows from each: `outcomes.py`."""

from collections.abc import Sequence
from datetime import timedelta


class DeliveryError(Exception):
    """An item was not taken. `kind` and `code` can be logged; the text is kept with the item, and may hold an address.

    `pauses`: it was refused for good, and is tried again after each of them, then given up. None: it is tried again
    after a backoff.
    """

    code = ""
    pauses: Sequence[timedelta] | None = None

    def __init__(self, failure: str) -> None:
        super().__init__(failure)
        self.kind = type(self).__name__


class ChannelAwayError(DeliveryError):
    """The channel takes nothing from us: other items need not be tried now."""


class AnswerLostError(DeliveryError):
    """All of the item was handed over and no answer came: it may have arrived, or not."""
