"""Checks of new passwords, off the event loop."""

from collections.abc import Iterable
from functools import partial

from serving.networks import widest_network
from serving.pool import BoundedPool, PoolFullError
from web.api.errors import Unreachable
from web.forms.password_strength import Reason, find_reason

QUEUED = 40  # passwords; half a second of work, or two on a busy machine


class PasswordChecker:
    """A queue with one thread: the check is pure Python, so more threads would not use more cores."""

    def __init__(self) -> None:
        self._pool = BoundedPool("passwords", threads=1, queued=QUEUED)

    async def find_reason(self, password: str, known: Iterable[str], address: str) -> Reason | None:
        """Say why a password is easy to guess, as password_strength.py does; client networks take turns.

        Raises Unreachable when too many are waiting.
        """
        try:
            return await self._pool.run(partial(find_reason, password, tuple(known)), widest_network(address))
        except PoolFullError as error:
            raise Unreachable("too many new passwords at once") from error

    def close(self) -> None:
        self._pool.close()
