"""How often something may be tried, and who is counted together.

A guess is counted when it has been compared, and failures apart from successes: into a full bucket it is refused
instead, as if it had never been compared, and so is a right one. Of any number of guesses at once no more than are
allowed tell anything.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from backend.kernel.fields import Address
from backend.kernel.keys import hash_secret
from backend.kernel.refusals import RefusalError, refusal
from backend.rules.context import ClientInfo, Services
from backend.store import Queries
from backend.store.records import User
from serving.networks import is_within, network, wide_network, widest_network


@dataclass(frozen=True)
class Limit:
    """So often, counted from the first time on."""

    times: int
    within: timedelta


FAILURES_OF_ACCOUNT = Limit(10, timedelta(minutes=15))
FAILURES_OF_NETWORK = Limit(100, timedelta(minutes=15))
SUCCESSES_OF_ACCOUNT = Limit(30, timedelta(minutes=15))
SUCCESSES_OF_NETWORK = Limit(100, timedelta(minutes=15))
MAILS_TO_ADDRESS = Limit(5, timedelta(hours=1))  # of all kinds together
MAILS_OF_NETWORK = Limit(200, timedelta(hours=1))
NEW_PASSWORDS_OF_NETWORK = Limit(200, timedelta(hours=1))  # as many as mails: a registration that succeeds costs both
WIDE_NETWORK = 4  # so many times what a network may
SAME_MAIL = timedelta(seconds=10)  # asked for twice within this, a mail is sent once, and counted once
DEVICE_IS_KNOWN = timedelta(days=365)  # after its latest log-in
DEVICES_OF_ACCOUNT = 50  # the latest; each of them may fail ten times


@dataclass(frozen=True)
class Bucket:
    """What is counted together. `id` is a pseudonym: it holds neither an e-mail address nor a network address."""

    id: str
    most: int
    within: timedelta
    is_mailbox: bool = False


@dataclass(frozen=True)
class Guessing:
    """Where a password counts that is wrong, and where one that is right."""

    failures: Sequence[Bucket]
    successes: Sequence[Bucket]
    line: str


def for_guesses(
    queries: Queries, services: Services, email_key: str, user: User | None, client: ClientInfo
) -> Guessing:
    """Where a password counts, whether or not there is such an account: with the same statements. A browser that has
    logged in to it before is counted apart from everybody else, so that no stranger can lock the owner out."""
    device = _known_device(queries, user, client)
    own = f"device:{device}" if device else f"account:{email_key}"
    return Guessing(
        failures=[
            _bucket(services, FAILURES_OF_ACCOUNT, f"guess:{own}"),
            *_of_network(services, FAILURES_OF_NETWORK, "guess", client),
        ],
        successes=[
            _bucket(services, SUCCESSES_OF_ACCOUNT, f"success:account:{email_key}"),
            *_of_network(services, SUCCESSES_OF_NETWORK, "success", client),
        ],
        line=find_line(services, client),
    )


def for_wrong_tokens(services: Services, client: ClientInfo) -> list[Bucket]:
    """Where a token counts that is no link's."""
    return _of_network(services, FAILURES_OF_NETWORK, "token", client)


def for_token(services: Services, token: str) -> list[Bucket]:
    """Where each use of a token counts that costs a hash, whether or not it succeeds."""
    return [_bucket(services, FAILURES_OF_ACCOUNT, f"token:{hash_secret(token)}")]


def for_mails(queries: Queries, services: Services, to: Address, client: ClientInfo) -> list[Bucket]:
    """Where a mail of whatever kind counts, sent or not: by mailbox, or by a browser that its owner has logged in from,
    so that no stranger can keep the owner from getting any."""
    device = _known_device(queries, queries.users.find_by_email(to.key), client)
    own = _bucket(services, MAILS_TO_ADDRESS, f"mail:device:{device}" if device else f"mail:{_mailbox(to)}")
    return [replace(own, is_mailbox=True), *_of_network(services, MAILS_OF_NETWORK, "mail", client)]


def for_letters_at_sign_up(queries: Queries, services: Services, to: Address, client: ClientInfo) -> list[Bucket]:
    """Where the owner's letter counts. Just after a sign-up it is counted already, taken address or free: apart from
    other mails, or what is left of them would tell one from the other."""
    if not queries.limits.list_active([_counted_already(services, to)], services.clock()):
        return for_mails(queries, services, to, client)
    own = _bucket(services, MAILS_TO_ADDRESS, f"mail:sign-up:{_mailbox(to)}")
    return [replace(own, is_mailbox=True), *_of_network(services, MAILS_OF_NETWORK, "mail:sign-up", client)]


async def count_new_password(services: Services, client: ClientInfo) -> None:
    """Count one that is looked at, whether or not it is taken. Raises `rate_limit_exceeded`."""
    buckets = _of_network(services, NEW_PASSWORDS_OF_NETWORK, "new-password", client)
    await services.store.read(lambda queries: check(queries, services, buckets))
    await services.store.write(lambda queries: count(queries, services, buckets))


def pay_for_letter(queries: Queries, services: Services, to: Address) -> None:
    """A sign-up, or a confirmation mailed again, is counted: the letter that follows to an owner is counted with it."""
    now = services.clock()
    queries.limits.increment(_counted_already(services, to), now=now, expires_at=now + SAME_MAIL)


def _counted_already(services: Services, to: Address) -> str:
    return services.keyring.pseudonym(f"limit:letter:{_mailbox(to)}")


async def guess(services: Services, guessing: Guessing, password: str, candidates: Sequence[str]) -> str | None:
    """The one candidate that is this password's hash. Raises `rate_limit_exceeded`, mostly before any work is done."""
    everything = [*guessing.failures, *guessing.successes]
    await services.store.read(lambda queries: check(queries, services, everything))
    matched = await services.passwords.match(password, candidates, guessing.line)

    def judge(queries: Queries) -> None:
        if matched is not None:
            check(queries, services, guessing.failures)
        count(queries, services, guessing.failures if matched is None else guessing.successes)

    await services.store.write(judge)
    return matched


def find_line(services: Services, client: ClientInfo) -> str:
    """Who shares its part of the hashing: the widest network, or nobody where a front end calls for all its people."""
    if is_within(client.address, services.settings.front_ends):
        return ""
    return widest_network(client.address)


def check(queries: Queries, services: Services, buckets: Sequence[Bucket]) -> None:
    """Raises `rate_limit_exceeded` if one of them is full."""
    now = services.clock()
    counts = {count.id: count for count in queries.limits.list_active([bucket.id for bucket in buckets], now)}
    full = [bucket for bucket in buckets if bucket.id in counts and counts[bucket.id].count >= bucket.most]
    if full:
        raise _too_many(max(counts[bucket.id].expires_at - now for bucket in full), full)


def count(queries: Queries, services: Services, buckets: Sequence[Bucket]) -> None:
    """One more in each of them, in the caller's transaction: when this raises `rate_limit_exceeded`, none in any."""
    now = services.clock()
    for bucket in buckets:
        counted = queries.limits.increment(bucket.id, now=now, expires_at=now + bucket.within)
        if counted.count > bucket.most:
            raise _too_many(counted.expires_at - now, [bucket])


def count_mail(queries: Queries, services: Services, buckets: Sequence[Bucket], typed: str = "") -> None:
    """As `count`, but not for the same once more in a moment: nobody is mailed twice for a double click."""
    now, (bucket, *_) = services.clock(), buckets
    same = services.keyring.pseudonym(f"same:{bucket.id}:{typed}")
    if queries.limits.increment(same, now=now, expires_at=now + SAME_MAIL).count == 1:
        count(queries, services, buckets)


def remember_device(queries: Queries, services: Services, user: User, client: ClientInfo) -> None:
    """Somebody has just logged in from it. Of one account only the latest are remembered."""
    if client.device:
        until = services.clock() + DEVICE_IS_KNOWN
        queries.devices.remember(_device_id(user.id, client), user.id, expires_at=until)
        queries.devices.forget_oldest(user.id, keep=DEVICES_OF_ACCOUNT)


def forget_other_devices(queries: Queries, user_id: str, client: ClientInfo) -> None:
    """Whoever has used the account so far may be a stranger: all devices but the one that asks."""
    queries.devices.forget_all(user_id, except_for=_device_id(user_id, client))


def _known_device(queries: Queries, user: User | None, client: ClientInfo) -> str:
    """The id of the device that asks if the user has logged in from it, else empty. Looked up in any case, or the time
    it takes would tell who has an account."""
    device = _device_id(user.id if user else "", client)
    return device if queries.devices.is_known(device) else ""


def _device_id(user_id: str, client: ClientInfo) -> str:
    """A device is known to one account: to all others it is a stranger."""
    return hash_secret(f"{user_id}:{client.device}")


def _mailbox(to: Address) -> str:
    """Where mail to this address arrives at most providers: what follows a plus is the owner's own mark."""
    local, _at, domain = to.key.rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"


def _of_network(services: Services, limit: Limit, name: str, client: ClientInfo) -> list[Bucket]:
    """By network, and less strictly by the wide one it is part of. None for a front end that calls for all its people
    from an address of its own."""
    if is_within(client.address, services.settings.front_ends):
        return []
    buckets = [_bucket(services, limit, f"{name}:network:{network(client.address)}")]
    if wide := wide_network(client.address):
        several = Limit(limit.times * WIDE_NETWORK, limit.within)
        buckets.append(_bucket(services, several, f"{name}:network:{wide}"))
    return buckets


def _bucket(services: Services, limit: Limit, name: str) -> Bucket:
    most = max(1, int(limit.times * services.settings.limit_factor))
    return Bucket(services.keyring.pseudonym(f"limit:{name}"), most, limit.within)


def _too_many(wait: timedelta, full: Sequence[Bucket]) -> RefusalError:
    """Where the mailbox has had its mails, that is told: they are there, if it is an account's."""
    details = {"limit": "mails"} if any(bucket.is_mailbox for bucket in full) else {}
    error = refusal("rate_limit_exceeded", **details)
    error.retry_after = max(1, math.ceil(wait.total_seconds()))
    return error
