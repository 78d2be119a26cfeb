"""Rate limits: how often something may be tried, and which attempts are counted together.

Each limit is a fixed window, which begins with its first attempt. Attempts are counted in the database, so that all
processes count together. What passwords and mails count in: `password_checks.py` and `mail_limits.py`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from backend.kernel.keys import hash_secret
from backend.kernel.refusals import RefusalError, refusal
from backend.rules.context import ClientInfo, Services
from backend.store import Queries
from serving.networks import is_within, network, wide_network, widest_network


@dataclass(frozen=True)
class Limit:
    """A fixed window: at most `times` attempts `within` a time that begins with the first of them."""

    times: int
    within: timedelta


# Passwords, right and wrong ones. LIMIT_FACTOR multiplies the times of every limit.
FAILURES_OF_ACCOUNT = Limit(10, timedelta(minutes=15))
FAILURES_OF_NETWORK = Limit(100, timedelta(minutes=15))
SUCCESSES_OF_ACCOUNT = Limit(30, timedelta(minutes=15))
SUCCESSES_OF_NETWORK = Limit(100, timedelta(minutes=15))
NEW_PASSWORDS_OF_NETWORK = Limit(200, timedelta(hours=1))  # as many as mails: a sign-up that succeeds costs both
# Options of a passkey, which the log-in page asks for by itself: ten for each log-in that a network may make.
OPTIONS_OF_NETWORK = Limit(1000, timedelta(minutes=15))
# Access tokens of mailed links.
WRONG_TOKENS_OF_NETWORK = Limit(100, timedelta(minutes=15))
USES_OF_TOKEN = Limit(10, timedelta(minutes=15))  # each costs a password hash
# Codes of mails, right and wrong ones, over all mails, browsers and networks.
CODES_OF_ACCOUNT = Limit(30, timedelta(days=1))
CODES_OF_NETWORK = Limit(100, timedelta(minutes=15))
# Second factors that were wrong, over all log-ins, sessions, browsers and networks.
FACTORS_OF_ACCOUNT = Limit(30, timedelta(days=1))
FACTORS_OF_NETWORK = Limit(100, timedelta(minutes=15))
# Sets of recovery codes that are put in force, each of which costs ten password hashes.
RECOVERY_SETS_OF_ACCOUNT = Limit(10, timedelta(hours=1))
# Requests to remove factors that were lost, each of which is told by mail day after day.
LOST_FACTORS_OF_ACCOUNT = Limit(3, timedelta(days=1))
# Ends of log-ins at providers, each of which asks the provider. Right ones count together with right passwords, too.
PROVIDER_LOG_INS_OF_NETWORK = Limit(200, timedelta(minutes=15))
# Mails, all kinds together.
MAILS_TO_ADDRESS = Limit(5, timedelta(hours=1))
MAILS_OF_NETWORK = Limit(200, timedelta(hours=1))
# Acts that their owner is mailed of, unasked, and that can be repeated at will.
ACTS_TOLD_OF_ACCOUNT = Limit(30, timedelta(hours=1))
NEW_LOGINS_MAILED = Limit(5, timedelta(hours=1))  # to an account, whose owner did not ask for them
# SMS, each of which costs money: to a number, to the thousand numbers around it, asked for in a network.
SMS_TO_NUMBER = Limit(5, timedelta(hours=1))
SMS_TO_NUMBER_A_DAY = Limit(10, timedelta(days=1))
SMS_TO_NEIGHBOURS = Limit(30, timedelta(days=1))
SMS_OF_NETWORK = Limit(50, timedelta(days=1))
# Exports, each of which reads everything kept about a person.
EXPORTS_OF_ACCOUNT = Limit(5, timedelta(hours=1))

WIDE_NETWORK = 4  # a wide network may try this many times what a network may


@dataclass(frozen=True)
class Counter:
    """What is counted together. `id` is a pseudonym: it holds neither an email address nor a network address."""

    id: str
    most: int
    within: timedelta
    is_mailbox: bool = False


def check(queries: Queries, services: Services, counters: Sequence[Counter]) -> None:
    """Raise `rate_limit_exceeded` if one of the limits is reached. Counts nothing."""
    now = services.clock()
    counts = {count.id: count for count in queries.limits.list_active([counter.id for counter in counters], now)}
    full = [counter for counter in counters if counter.id in counts and counts[counter.id].count >= counter.most]
    if full:
        raise _too_many(max(counts[counter.id].expires_at - now for counter in full), full)


def count(queries: Queries, services: Services, counters: Sequence[Counter]) -> None:
    """Count one attempt in each counter, within the caller's transaction.

    Raises `rate_limit_exceeded` if there were enough already; the transaction then counts nothing anywhere.
    """
    now = services.clock()
    for counter in counters:
        counted = queries.limits.increment(counter.id, now=now, expires_at=now + counter.within)
        if counted.count > counter.most:
            raise _too_many(counted.expires_at - now, [counter])


async def count_by_network(services: Services, limit: Limit, name: str, client: ClientInfo) -> None:
    """Count what a guest asks for, by network, before any work is done for it. Raises `rate_limit_exceeded`."""
    counters = make_network_counters(services, limit, name, client)
    await services.store.read(check, services, counters)  # what is too many is not even written
    await services.store.write(count, services, counters)


def take_back(queries: Queries, counters: Sequence[Counter]) -> None:
    """Count one attempt less, within the transaction that has counted it: it was none of those that are limited."""
    queries.limits.take_back([counter.id for counter in counters])


def try_to_count(queries: Queries, services: Services, counter: Counter) -> bool:
    """Count one attempt, within the caller's transaction. Return whether it is within the limit."""
    now = services.clock()
    return queries.limits.increment(counter.id, now=now, expires_at=now + counter.within).count <= counter.most


def make_counter(services: Services, limit: Limit, name: str) -> Counter:
    """Make the counter of a limit for whatever `name` stands for: an account, a device, a network, a mailbox."""
    most = max(1, int(limit.times * services.settings.limits.factor))
    return Counter(services.keyring.derive_pseudonym(f"limit:{name}"), most, limit.within)


def make_network_counters(services: Services, limit: Limit, name: str, client: ClientInfo) -> list[Counter]:
    """Make the counters of the client's network and, less strict, of the wide network around it.

    There are none for a front end that calls for all of its people from one address of its own (FRONT_ENDS).
    """
    if is_within(client.address, services.settings.clients.front_ends):
        return []
    counters = [make_counter(services, limit, f"{name}:network:{network(client.address)}")]
    if wide := wide_network(client.address):
        wider = replace(limit, times=limit.times * WIDE_NETWORK)
        counters.append(make_counter(services, wider, f"{name}:network:{wide}"))
    return counters


def make_wrong_token_counters(services: Services, client: ClientInfo) -> list[Counter]:
    """Make the counters of access tokens that belong to no link."""
    return make_network_counters(services, WRONG_TOKENS_OF_NETWORK, "token", client)


def make_token_counter(services: Services, token: str) -> Counter:
    """Make the counter of one access token, for each use that costs a hash, whether or not it succeeds."""
    return make_counter(services, USES_OF_TOKEN, f"token:{hash_secret(token)}")


def find_hashing_share(services: Services, client: ClientInfo) -> str:
    """Return the network whose requests share places in the hashing pool, or "" for a front end."""
    if is_within(client.address, services.settings.clients.front_ends):
        return ""
    return widest_network(client.address)


def _too_many(wait: timedelta, full: Sequence[Counter]) -> RefusalError:
    """Make the refusal. Where a mailbox's limit is full, `details.limit` is `mails`: the site hints at those it has."""
    details = {"limit": "mails"} if any(counter.is_mailbox for counter in full) else {}
    error = refusal("rate_limit_exceeded", **details)
    error.retry_after = max(1, math.ceil(wait.total_seconds()))
    return error
