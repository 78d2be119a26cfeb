"""Devices that an account was logged in from. Attempts from them are counted apart from everybody else's."""

from datetime import timedelta

from backend.kernel.keys import hash_secret
from backend.rules.context import ClientInfo, Services
from backend.store import Queries
from backend.store.records import User

REMEMBERED_FOR = timedelta(days=365)  # after its latest log-in
DEVICES_OF_ACCOUNT = 50  # the latest; each of them may fail ten times


def remember_device(queries: Queries, services: Services, user: User, client: ClientInfo) -> None:
    """Remember the device of a log-in, and of each account only the latest ones."""
    if client.device:
        until = services.clock() + REMEMBERED_FOR
        queries.devices.remember(_hash_device(user.id, client), user.id, expires_at=until)
        queries.devices.forget_oldest(user.id, keep=DEVICES_OF_ACCOUNT)


def forget_other_devices(queries: Queries, user_id: str, client: ClientInfo) -> None:
    """Forget all devices of an account but the client's: whoever used the account so far may be a stranger."""
    queries.devices.forget_all(user_id, except_for=_hash_device(user_id, client))


def find_known_device(queries: Queries, user: User | None, client: ClientInfo) -> str:
    """Return the id of the client's device if the user has logged in from it, else "".

    Looks it up without a user too: constant time, against user enumeration by timing.
    """
    device = _hash_device(user.id if user else "", client)
    return device if queries.devices.is_known(device) else ""


def _hash_device(user_id: str, client: ClientInfo) -> str:
    """Return an id of the device for this account alone, so that accounts of one device cannot be linked."""
    return hash_secret(f"{user_id}:{client.device}")
