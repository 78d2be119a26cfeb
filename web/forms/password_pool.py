"""New passwords, looked at where that does not hold up pages."""

from collections.abc import Iterable
from functools import partial

from serving.networks import widest_network
from serving.pool import BoundedPool, PoolFullError
from web.api.errors import Unreachable
from web.forms.password_strength import Reason, find_reason

QUEUED = 20  # passwords; a second or two of work


class Judge:
    """One thread: what looks at passwords is Python, and would get no second core."""

    def __init__(self) -> None:
        self._pool = BoundedPool("judge", threads=1, queued=QUEUED)

    async def find_reason(self, password: str, known: Iterable[str], address: str) -> Reason | None:
        """Say why a password is guessed early, as passwords.py does; networks take turns. Raises Unreachable where too
        many wait."""
        try:
            return await self._pool.run(partial(find_reason, password, tuple(known)), widest_network(address))
        except PoolFullError as error:
            raise Unreachable("too many new passwords at once") from error

    def close(self) -> None:
        self._pool.close()
