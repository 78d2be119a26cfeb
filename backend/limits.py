"""How often something may be tried, and who is counted together.

Only failures count, so a guess is counted when it has failed: into a full bucket it is refused instead, as if it had
never been compared, and so is a right one. Of any number of guesses at once no more than are allowed tell anything.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from backend.fields import Address
from backend.keys import hashed
from backend.refusals import RefusalError, refusal
from backend.services import Asked, Services
from backend.store import Queries
from backend.store.records import User
from serving.networks import network


@dataclass(frozen=True)
class Limit:
    """So often, counted from the first time on."""

    times: int
    within: timedelta


FAILURES_OF_ACCOUNT = FAILURES_OF_DEVICE = Limit(10, timedelta(minutes=15))
FAILURES_OF_NETWORK = Limit(100, timedelta(minutes=15))
MAILS_TO_ADDRESS = Limit(5, timedelta(hours=1))  # of each kind
MAILS_OF_NETWORK = Limit(200, timedelta(hours=1))
NEW_PASSWORDS_OF_NETWORK = Limit(200, timedelta(hours=1))  # as many as mails: a registration that succeeds costs both
SAME_MAIL = timedelta(seconds=10)  # asked for twice within this, a mail is sent once, and counted once
DEVICE_IS_KNOWN = timedelta(days=365)  # after its latest log-in


@dataclass(frozen=True)
class Bucket:
    """What is counted together. `id` is a pseudonym: it holds neither an e-mail address nor a network address."""

    id: str
    most: int
    within: timedelta


def for_guesses(services: Services, queries: Queries, email_key: str, user: User | None, asked: Asked) -> list[Bucket]:
    """Where a wrong password counts, whether or not there is such an account. A browser that has logged in to it before
    is counted apart from everybody else, so that no stranger can lock the owner out."""
    device = _device_id(user, asked) if user and asked.device else ""
    if device and queries.devices.is_known(device):
        return [_bucket(services, FAILURES_OF_DEVICE, f"guess:device:{device}")]
    return [
        _bucket(services, FAILURES_OF_ACCOUNT, f"guess:account:{email_key}"),
        _bucket(services, FAILURES_OF_NETWORK, f"guess:network:{network(asked.address)}"),
    ]


def for_wrong_tokens(services: Services, asked: Asked) -> list[Bucket]:
    """Where a token counts that is no link's."""
    return [_bucket(services, FAILURES_OF_NETWORK, f"token:network:{network(asked.address)}")]


def for_token(services: Services, token: str) -> list[Bucket]:
    """Where each use of a token counts that costs a hash, whether or not it succeeds."""
    return [_bucket(services, FAILURES_OF_ACCOUNT, f"token:{hashed(token)}")]


def for_mails(services: Services, kind: str, to: Address, asked: Asked) -> list[Bucket]:
    """Where asking for a mail counts, whether or not it is sent."""
    return _mail_buckets(services, kind, to, f"mail:network:{network(asked.address)}")


def for_letters_at_sign_up(services: Services, to: Address, asked: Asked) -> list[Bucket]:
    """Nothing that other mails count in, for the sign-up is counted already: or what is left would tell a taken
    address from a free one."""
    return _mail_buckets(services, "sign-up", to, f"mail:network:sign-up:{network(asked.address)}")


async def count_new_password(services: Services, asked: Asked) -> None:
    """Count one that is looked at, whether or not it is taken. Raises `rate_limit_exceeded`."""
    buckets = [_bucket(services, NEW_PASSWORDS_OF_NETWORK, f"new-password:network:{network(asked.address)}")]
    await services.store.read(lambda queries: check(services, queries, buckets))
    await services.store.write(lambda queries: count(services, queries, buckets))


async def guess(services: Services, buckets: Sequence[Bucket], password: str, candidates: Sequence[str]) -> str | None:
    """The one candidate that is this password's hash. Raises `rate_limit_exceeded`, mostly before any work is done."""
    await services.store.read(lambda queries: check(services, queries, buckets))
    matched = await services.passwords.match(password, candidates)
    if matched is None:
        await services.store.write(lambda queries: count(services, queries, buckets))
    else:
        await services.store.read(lambda queries: check(services, queries, buckets))
    return matched


def check(services: Services, queries: Queries, buckets: Sequence[Bucket]) -> None:
    """Raises `rate_limit_exceeded` if one of them is full."""
    now, most = services.clock(), {bucket.id: bucket.most for bucket in buckets}
    waits = [
        count.expires_at - now for count in queries.limits.standing(list(most), now) if count.count >= most[count.id]
    ]
    if waits:
        raise _too_many(max(waits))


def count(services: Services, queries: Queries, buckets: Sequence[Bucket]) -> None:
    """One more in each of them, in the caller's transaction: when this raises `rate_limit_exceeded`, none in any."""
    now = services.clock()
    for bucket in buckets:
        counted = queries.limits.add(bucket.id, now=now, expires_at=now + bucket.within)
        if counted.count > bucket.most:
            raise _too_many(counted.expires_at - now)


def count_mail(services: Services, queries: Queries, buckets: Sequence[Bucket], typed: str = "") -> None:
    """As `count`, but not for the same once more in a moment: nobody is mailed twice for a double click."""
    now, (bucket, *_) = services.clock(), buckets
    same = services.keyring.pseudonym(f"same:{bucket.id}:{typed}")
    if queries.limits.add(same, now=now, expires_at=now + SAME_MAIL).count == 1:
        count(services, queries, buckets)


def remember_device(services: Services, queries: Queries, user: User, asked: Asked) -> None:
    """Somebody has just logged in from it."""
    if asked.device:
        until = services.clock() + DEVICE_IS_KNOWN
        queries.devices.remember(_device_id(user, asked), user.id, expires_at=until)


def _device_id(user: User, asked: Asked) -> str:
    """A device is known to one account: to all others it is a stranger."""
    return hashed(f"{user.id}:{asked.device}")


def _mail_buckets(services: Services, kind: str, to: Address, line: str) -> list[Bucket]:
    return [
        _bucket(services, MAILS_TO_ADDRESS, f"mail:{kind}:{to.key}"),
        _bucket(services, MAILS_OF_NETWORK, line),
    ]


def _bucket(services: Services, limit: Limit, name: str) -> Bucket:
    most = max(1, int(limit.times * services.settings.limit_factor))
    return Bucket(services.keyring.pseudonym(f"limit:{name}"), most, limit.within)


def _too_many(wait: timedelta) -> RefusalError:
    error = refusal("rate_limit_exceeded")
    error.retry_after = max(1, math.ceil(wait.total_seconds()))
    return error
