"""Recovery codes: ten codes that each stand once for the other factor, for whoever does not have it at hand.

A new set is pending first, and the old one stays good: its codes are shown until their owner says to have kept them
(`confirm`), and derived again each time, for nothing readable is stored. From then on nothing derives them any more.
All that in the session that has made the set: what another has read would be a factor of a stranger's.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from backend.kernel.events import EventKind
from backend.kernel.keys import hash_secret, new_id
from backend.kernel.password_hashing import new_salt
from backend.kernel.recovery_codes import derive_recovery_codes
from backend.kernel.refusals import RefusalError, refusal
from backend.mail.factor_letters import RECOVERY_CODES_MADE
from backend.rules import limits
from backend.rules.confirmation import can_be_mailed
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event
from backend.rules.factors import RECOVERY_CODE, RecoveryState, count_recovery_codes, find_recovery_state
from backend.rules.limits import RECOVERY_SETS_OF_ACCOUNT, find_hashing_share
from backend.rules.mailer import Mailer
from backend.rules.profile import reload_user
from backend.rules.proofs import Use
from backend.rules.reauthentication import require_recent_confirmation
from backend.rules.sessions import DOUBLE_CLICK, SignedIn
from backend.rules.two_step import switch_on_if_ready, tell_owner
from backend.store import Queries
from backend.store.records import RecoveryCode, RecoverySet, User

PENDING_FOR = timedelta(hours=1)


@dataclass(frozen=True)
class PendingCodes:
    """A set that its owner has not kept yet, with its codes."""

    set: RecoverySet
    codes: list[str] = field(repr=False)


async def load(services: Services, me: SignedIn) -> tuple[RecoveryState, PendingCodes | None]:
    """Load what the caller has, with the codes of a pending set.

    Raises `confirmation_required` where a set is pending: whoever else has this session is not to read its codes.
    """
    state = await services.store.read(find_recovery_state, me.user.id, me.session.id, services.clock())
    if state.pending is None:
        return state, None
    require_recent_confirmation(services, me, strong=True)
    return state, _derive(services, state.pending)


async def make(services: Services, me: SignedIn) -> PendingCodes:
    """Make a set that is pending, in the place of an older pending one; a double click makes one.

    Raises `confirmation_required`.
    """
    require_recent_confirmation(services, me, strong=True)
    pending = _derive(services, await services.store.write(_make, services, me, services.clock()))
    assert pending  # noqa: S101 (by the key of now)
    return pending


def _make(queries: Queries, services: Services, me: SignedIn, now: datetime) -> RecoverySet:
    pending = queries.recovery_codes.find_pending(me.user.id, me.session.id, now)
    if pending and now - pending.created_at < DOUBLE_CLICK and _derive(services, pending):
        return pending
    set_id = new_id()
    seed_hash = hash_secret(services.keyring.derive_recovery_seed(set_id))
    expires_at = now + PENDING_FOR
    made = RecoverySet(set_id, me.user.id, False, seed_hash, now, expires_at=expires_at, session_id=me.session.id)
    queries.recovery_codes.insert_pending(made)
    return made


async def confirm(services: Services, me: SignedIn, set_id: str | None, client: ClientInfo) -> int:
    """Put the pending set in force, and end the one before. Return how many codes are left of it. Idempotent.

    With `set_id` only that very set, which its owner has kept. Raises `confirmation_required`, `rate_limit_exceeded`,
    `server_busy`, or `recovery_codes_gone` where it is not pending any more.
    """
    require_recent_confirmation(services, me, strong=True)
    pending = await services.store.read(_find_pending, services, me, set_id)
    if pending is None:
        return await services.store.read(_require_confirmed, services, me.user, set_id)
    await services.store.write(_count, services, me.user)
    codes = await _hash_codes(services, pending, client)
    left = await services.store.write(_activate, services, me, pending.set, codes, client)
    services.mail_waits.set()
    return left


def _find_pending(queries: Queries, services: Services, me: SignedIn, set_id: str | None) -> PendingCodes | None:
    pending = queries.recovery_codes.find_pending(me.user.id, me.session.id, services.clock())
    if pending is None or set_id not in (None, pending.id):
        return None
    return _derive(services, pending)


def _require_confirmed(queries: Queries, services: Services, user: User, set_id: str | None) -> int:
    """Count the codes in force, if this is the set that was put in force lately, by another click."""
    now, active = services.clock(), queries.recovery_codes.find_active(user.id)
    if active is None:
        raise refusal("recovery_codes_gone")
    is_it = now - active.created_at < DOUBLE_CLICK
    if set_id is not None:
        is_it = services.keyring.recover_recovery_seed(set_id, active.seed_hash) is not None
    if not is_it:
        raise refusal("recovery_codes_gone")
    return count_recovery_codes(queries, user.id)


def _count(queries: Queries, services: Services, user: User) -> None:
    counter = limits.make_counter(services, RECOVERY_SETS_OF_ACCOUNT, f"recovery-set:{user.id}")
    limits.count(queries, services, [counter])


async def _hash_codes(services: Services, pending: PendingCodes, client: ClientInfo) -> list[RecoveryCode]:
    """Hash the codes, one after the other, for others who log in meanwhile. Their set gets an id of its own: it is the
    old one that they are derived from."""
    share, set_id = find_hashing_share(services, client), new_id()
    return [
        RecoveryCode(set_id, code[0], await services.passwords.hash(code[1:], new_salt(), share))
        for code in pending.codes
    ]


def _activate(
    queries: Queries,
    services: Services,
    me: SignedIn,
    pending: RecoverySet,
    codes: list[RecoveryCode],
    client: ClientInfo,
) -> int:
    now, user = services.clock(), reload_user(queries, me.user)
    active = RecoverySet(codes[0].set_id, user.id, True, pending.seed_hash, now)
    if not queries.recovery_codes.activate(pending.id, active, codes):
        return _require_confirmed(queries, services, user, pending.id)
    record_event(queries, user.id, EventKind.RECOVERY_CODES_MADE, client, now)
    if not switch_on_if_ready(queries, services, me, client, now):  # of which a mail tells too
        tell_owner(queries, services, user, RECOVERY_CODES_MADE, client)
    return len(codes)


def _derive(services: Services, pending: RecoverySet) -> PendingCodes | None:
    """Derive the codes of a pending set again. None: the secret key that made them is gone, and so are they."""
    seed = services.keyring.recover_recovery_seed(pending.id, pending.seed_hash)
    return PendingCodes(pending, derive_recovery_codes(seed)) if seed else None


# -- Using one


@dataclass(frozen=True)
class RecoveryProof:
    """A recovery code that somebody typed, as `read_recovery_code` returns it."""

    text: str = field(repr=False)
    factor: str = RECOVERY_CODE

    async def check(self, services: Services, user: User, client: ClientInfo) -> Use:
        """Compare the code with the unused one of the same first letter, off the event loop.

        Costs the same work whether there is such a one or not. Raises `server_busy`.
        """
        found = await services.store.read(_find_unused, user.id, self.text[0])
        share, hashes = find_hashing_share(services, client), [found.hash] if found else []
        matched = await services.passwords.match(self.text[1:], hashes, share)
        return partial(_use, services, user, found if matched else None, client)


def _find_unused(queries: Queries, user_id: str, selector: str) -> RecoveryCode | None:
    active = queries.recovery_codes.find_active(user_id)
    return queries.recovery_codes.find_unused(active.id if active else "", selector)


def _use(
    services: Services, user: User, code: RecoveryCode | None, client: ClientInfo, queries: Queries, now: datetime
) -> RefusalError | None:
    """Use the code up and mail the owner, or refuse it: it is wrong, used by a faster request, or its set is gone."""
    if code is None or not queries.recovery_codes.use(code, now):
        return refusal("wrong_code", param="recoveryCode")
    left = queries.recovery_codes.count_left(code.set_id)
    record_event(queries, user.id, EventKind.RECOVERY_CODE_USED, client, now, left=left)
    if can_be_mailed(services, user):
        Mailer(queries, services, client).send_recovery_code_used(user, left)
    return None


async def count_left(services: Services, user: User) -> int:
    """Count the codes that a user has left."""
    return await services.store.read(count_recovery_codes, user.id)
