"""Comparing a password within rate limits, and hashing a new one.

An attempt is counted after the comparison, failures apart from successes. If the limit is reached by then, even a right
password is refused: so any number of parallel guesses reveals no more than the limit allows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from backend.kernel.events import EventKind
from backend.kernel.password_hashing import new_salt
from backend.kernel.refusals import refusal
from backend.rules import limits
from backend.rules.confirmation import is_account
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event_for
from backend.rules.factors import has_two_step
from backend.rules.known_devices import find_known_device
from backend.rules.limits import Counter
from backend.rules.profile import reload_user
from backend.store import Queries
from backend.store.records import User


@dataclass(frozen=True)
class PasswordCounters:
    """Where a wrong password is counted, and where a right one; the owner whose history tells of a wrong one."""

    failures: Sequence[Counter]
    successes: Sequence[Counter]
    owner: User | None = None


def find_password_counters(
    queries: Queries, services: Services, login_name: str, user: User | None, client: ClientInfo
) -> PasswordCounters:
    """Find the counters of a password, by account and by network. `login_name`: the key of the address, or the number.

    Runs the same statements whether or not there is such an account, against user enumeration by timing. A browser
    that has logged in before is counted by itself, so that no stranger can lock the owner out; with two-step
    verification also of right passwords, for a stranger who knows it gets no further.
    """
    device = find_known_device(queries, user, client)
    owner = f"device:{device}" if device else f"account:{login_name}"
    account = owner if user and has_two_step(user) else f"account:{login_name}"
    return PasswordCounters(
        failures=[
            limits.make_counter(services, limits.FAILURES_OF_ACCOUNT, f"guess:{owner}"),
            *limits.make_network_counters(services, limits.FAILURES_OF_NETWORK, "guess", client),
        ],
        successes=[
            limits.make_counter(services, limits.SUCCESSES_OF_ACCOUNT, f"success:{account}"),
            *limits.make_network_counters(services, limits.SUCCESSES_OF_NETWORK, "success", client),
        ],
        owner=user if user and is_account(user) else None,
    )


async def match_password(
    services: Services,
    counters: PasswordCounters,
    password: str,
    hashes: Sequence[str],
    client: ClientInfo,
    refused: EventKind = EventKind.SESSION_REFUSED,
) -> str | None:
    """Return the one hash that is this password's, or None, and count the attempt. A wrong one is the event `refused`.

    Raises `rate_limit_exceeded`, mostly before any work is done, or `server_busy`.
    """
    await services.store.read(limits.check, services, [*counters.failures, *counters.successes])
    matched = await services.passwords.match(password, hashes, limits.find_hashing_share(services, client))
    if matched is None:
        await services.store.write(_count_wrong, services, counters, client, refused)
    else:
        await services.store.write(_count_right, services, counters)
    return matched


def _count_right(queries: Queries, services: Services, counters: PasswordCounters) -> None:
    limits.check(queries, services, counters.failures)
    limits.count(queries, services, counters.successes)


def _count_wrong(
    queries: Queries, services: Services, counters: PasswordCounters, client: ClientInfo, refused: EventKind
) -> None:
    limits.count(queries, services, counters.failures)
    record_event_for(queries, counters.owner, refused, client, services.clock())


async def check_current_password(services: Services, user: User, password: str, client: ClientInfo) -> None:
    """Raise `invalid_credentials` unless this is the user's password. A wrong one counts like one of a log-in.

    Raises `rate_limit_exceeded` too.
    """
    if not await is_current_password(services, user, password, client):
        raise refusal("invalid_credentials")


def require_password(user: User) -> None:
    """Raise `invalid_provider` where the account was made with a provider and has no password that could be right."""
    if user.password_hash is None and user.provider:
        raise refusal("invalid_provider")


async def is_current_password(services: Services, user: User, password: str, client: ClientInfo) -> bool:
    """Tell whether this is the user's password. Counts, and raises, as `check_current_password` does."""
    login_name = user.email_key or user.login_name
    counters = await services.store.read(find_password_counters, services, login_name, user, client)
    hashes = [user.password_hash] if user.password_hash else []
    return await match_password(services, counters, password, hashes, client, EventKind.PASSWORD_REFUSED) is not None


def check_password_unchanged(queries: Queries, user: User) -> None:
    """Raise `invalid_credentials` if another request has changed the password since it was compared."""
    if reload_user(queries, user).password_hash != user.password_hash:
        raise refusal("invalid_credentials")


async def hash_new_password(services: Services, password: str, client: ClientInfo) -> dict[str, Any]:
    """Hash a password with a new salt. Return the user's columns: `password_hash` and `password_salt`."""
    salt = new_salt()
    share = limits.find_hashing_share(services, client)
    return {"password_hash": await services.passwords.hash(password, salt, share), "password_salt": salt}


async def count_new_password(services: Services, client: ClientInfo) -> None:
    """Count a new password that the site is about to judge. Raises `rate_limit_exceeded`."""
    await limits.count_by_network(services, limits.NEW_PASSWORDS_OF_NETWORK, "new-password", client)
