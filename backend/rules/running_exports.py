"""The exports that a process is sending, of which there are few at once."""

from collections.abc import Iterator
from contextlib import contextmanager

from backend.kernel.refusals import RefusalError, refusal

EXPORTS_AT_ONCE = 4  # in this process
RETRY_AFTER = 10  # seconds


class RunningExports:
    """One export an account, and EXPORTS_AT_ONCE in all."""

    def __init__(self) -> None:
        self._accounts: set[str] = set()

    @contextmanager
    def take(self, user_id: str) -> Iterator[None]:
        """Hold a place. Raises `rate_limit_exceeded` for the second of an account, and `server_busy`."""
        if user_id in self._accounts:
            raise _refuse("rate_limit_exceeded")
        if len(self._accounts) >= EXPORTS_AT_ONCE:
            raise _refuse("server_busy")
        self._accounts.add(user_id)
        try:
            yield
        finally:
            self._accounts.remove(user_id)


def _refuse(code: str) -> RefusalError:
    error = refusal(code)
    error.retry_after = RETRY_AFTER
    return error
