"""Devices that log in again and again, and passwords that are guessed from them."""

from collections import Counter

from backend.kernel.keys import hash_secret
from backend.rules.context import ClientInfo
from backend.rules.known_devices import remember_device
from backend.store import Queries
from tests.kit.backend import Backend

WRONG = "not the password"
DEVICE = {"X-Device": "a device of ada's that nobody guesses"}
OTHER_DEVICE = {"X-Device": "a device that nobody has logged in from"}


async def guesses(backend: Backend, times: int, email: str = "ada@example.com", **rest: object) -> Counter[int]:
    return Counter([(await backend.signs_in(email, WRONG, **rest)).status for _ in range(times)])


async def remember(backend: Backend, device: str) -> None:
    """As after a log-in."""
    services, by = backend.services, ClientInfo("", "", "en", hash_secret(device))

    def work(queries: Queries) -> None:
        user = queries.users.find_by_email("ada@example.com")
        assert user
        remember_device(queries, services, user, by)

    backend.clock.advance(seconds=1)
    await services.store.write(work)
