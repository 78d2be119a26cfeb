"""What a try to deliver an item leads to: it has gone, it is tried again after a backoff, or it is given up."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from backend.kernel.clock import Clock
from backend.queue.channels import Channel
from backend.queue.errors import AnswerLostError, ChannelAwayError, DeliveryError
from backend.store import Queries
from backend.store.records import Mail

log = logging.getLogger("backend.queue")

Outcome = Callable[[Queries], None]

# Exponential backoff: the pause doubles with each failed try.
FIRST_BACKOFF, LONGEST_BACKOFF = timedelta(seconds=5), timedelta(hours=1)
LONGEST_BACKOFF_WHILE_AWAY = timedelta(minutes=5)  # then one item at a time is tried, which costs little
MOST_DOUBLINGS = 12
GIVE_UP_AFTER = timedelta(days=2)  # since the item was written
RETRY_LOST_ANSWER_AFTER = timedelta(minutes=10)
MOST_LOST_ANSWERS = 2  # most probably the item has arrived: it is sent once more in case it has not
LONGEST_LEASE = timedelta(minutes=1)  # an item due later than this is not in hand but waits for its backoff to end


class Outcomes:
    """Each `plan_...` returns the write that records an outcome, for the store to run."""

    def __init__(self, channel: Channel, clock: Clock) -> None:
        self._channel = channel
        self._clock = clock

    def plan_success(self, item: Mail) -> Outcome:
        """Return the write after an item was taken."""
        return partial(self._record_delivery, item=item, now=self._clock())

    def plan_failure(self, item: Mail, error: DeliveryError) -> Outcome:
        """Return the write after an item was not taken: when to try again, or that it is given up."""
        if isinstance(error, AnswerLostError):
            return self.plan_lost_answer(item, str(error))
        now, name, number = self._clock(), self._channel.name, item.tries + 1
        pause, reason = _find_pause(item, error, now), f"{error.kind} {error.code}".strip()
        if pause is None:
            log.error("%s %s is given up after %d tries: %s", name, item.id, number, reason)
            return partial(_give_up, item=item, error=error, now=now)
        log.warning("%s %s was not taken (try %d): %s", name, item.id, number, reason)
        return partial(_record_failure, item=item, error=error, next_try_at=now + pause)

    def plan_lost_answer(self, item: Mail, failure: str) -> Outcome:
        """Return the write after an item was handed over and no answer came: it may have arrived, or not.

        A channel that never answers gets the item MOST_LOST_ANSWERS times.
        """
        log.warning("%s %s was handed over without an answer (try %d)", self._channel.name, item.id, item.tries + 1)
        if item.lost_answers + 1 >= MOST_LOST_ANSWERS:
            return self.plan_success(item)
        return partial(self._record_lost_answer, item=item, failure=failure, now=self._clock())

    def plan_status(self, *, is_away: bool) -> Outcome:
        """Return the write that tells everybody who waits for an item whether the channel is away."""
        return partial(self._record_status, is_away=is_away, now=self._clock())

    def _record_delivery(self, queries: Queries, item: Mail, now: datetime) -> None:
        queries.queue.mark_delivered(item.id, now)
        _delete_if_of_nobody(queries, item)
        self._channel.record_departure(queries, item, now)

    def _record_lost_answer(self, queries: Queries, item: Mail, failure: str, now: datetime) -> None:
        queries.queue.record_lost_answer(item.id, failure=_shorten(failure), next_try_at=now + RETRY_LOST_ANSWER_AFTER)
        self._channel.record_departure(queries, item, now)

    def _record_status(self, queries: Queries, *, is_away: bool, now: datetime) -> None:
        self._channel.record_status(queries, is_away=is_away)
        if not is_away:
            queries.queue.retry_now(self._channel.name, now, later_than=now + LONGEST_LEASE)


def _record_failure(queries: Queries, item: Mail, error: DeliveryError, next_try_at: datetime) -> None:
    queries.queue.record_failure(
        item.id,
        failure=_shorten(str(error)),
        next_try_at=next_try_at,
        code=error.code,
        is_refused=error.pauses is not None,
    )


def _give_up(queries: Queries, item: Mail, error: DeliveryError, now: datetime) -> None:
    queries.queue.mark_given_up(item.id, failure=_shorten(str(error)), now=now, code=error.code)
    _delete_if_of_nobody(queries, item)


def _delete_if_of_nobody(queries: Queries, item: Mail) -> None:
    """Delete an item to somebody whose account is gone: no row would take it along."""
    if item.user_id is None:
        queries.queue.delete(item.id)


def _find_pause(item: Mail, error: DeliveryError, now: datetime) -> timedelta | None:
    """Return the pause before the next try, or None if there is none."""
    if now - item.created_at >= GIVE_UP_AFTER:
        return None
    if error.pauses is not None:
        return error.pauses[item.refusals] if item.refusals < len(error.pauses) else None
    longest = LONGEST_BACKOFF_WHILE_AWAY if isinstance(error, ChannelAwayError) else LONGEST_BACKOFF
    return min(FIRST_BACKOFF * (1 << min(item.tries, MOST_DOUBLINGS)), longest)


def _shorten(failure: str) -> str:
    return failure[:500]
