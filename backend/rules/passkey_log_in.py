"""Logging in with a passkey, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from backend.kernel.credentials import Credential
from backend.kernel.events import EventKind
from backend.kernel.refusals import RefusalError, refusal
from backend.rules import limits
from backend.rules.assertions import (
    CheckedAssertion,
    accept_assertion,
    check_assertion,
    find_passkey,
    read_answer,
    require_relying_party,
    wrong_passkey,
)
from backend.rules.challenges import Binding, ChallengePurpose
from backend.rules.confirmation import is_unconfirmed
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event_for
from backend.rules.factors import PASSKEY, has_two_step
from backend.rules.known_devices import find_known_device
from backend.rules.limits import Counter
from backend.rules.sessions import NewSession, Proved, has_left, open_session, write_log_in
from backend.rules.tickets import SecondStep
from backend.store import Queries
from backend.store.records import Passkey, User

METHOD = "passkey"  # as the factor is called: after it a second step takes no passkey


@dataclass(frozen=True)
class _Attempt:
    """Whose passkey it may be, and where the attempt is counted."""

    known: tuple[Passkey, User] | None
    failures: Sequence[Counter]
    successes: Sequence[Counter]

    @property
    def owner(self) -> User | None:
        return self.known[1] if self.known else None


async def log_in(services: Services, value: object, browser: str, client: ClientInfo) -> NewSession:
    """Log in whoever's passkey has answered. One that its device has checked somebody for is enough by itself.

    A wrong one counts like a wrong password, and is an event for whoever's it is. Raises `validation_error`,
    `wrong_passkey`, `unknown_passkey`, `challenge_expired`, `rate_limit_exceeded`, `email_not_verified`,
    `second_factor_required` for one that is not enough where two-step verification is on, or `not_allowed` where there
    are no passkeys.
    """
    require_relying_party(services)
    credential = read_answer(value)
    attempt = await services.store.read(_begin_attempt, services, credential, client)
    try:
        binding = Binding(ChallengePurpose.SIGN_IN, browser)
        checked = await check_assertion(services, credential, attempt.known, binding, is_named=False)
    except RefusalError as refused:
        if refused.problems[0].code != "challenge_expired":  # a page that was open for long is no attempt
            await services.store.write(_count_wrong, services, attempt, client)
        raise
    return await write_log_in(services, _open_session, services, checked, attempt.successes, client)


def _begin_attempt(queries: Queries, services: Services, credential: Credential | None, client: ClientInfo) -> _Attempt:
    """Find whose passkey it may be, before anything is verified. Raises `rate_limit_exceeded`."""
    attempt = _find_attempt(queries, services, credential, client)
    limits.check(queries, services, [*attempt.failures, *attempt.successes])
    return attempt


def _find_attempt(queries: Queries, services: Services, credential: Credential | None, client: ClientInfo) -> _Attempt:
    known = find_passkey(queries, credential)
    failures = limits.make_network_counters(services, limits.FAILURES_OF_NETWORK, "guess", client)
    if known is None:
        return _Attempt(None, failures, [])
    user = known[1]
    device = find_known_device(queries, user, client)
    # Apart from passwords: whoever guesses those must not keep the owner from using a passkey.
    owner = f"passkey:device:{device}" if device else f"passkey:account:{user.id}"
    # Those of a network together with right passwords, for each opens a session; those of the owner apart, too.
    successes = [
        limits.make_counter(services, limits.SUCCESSES_OF_ACCOUNT, f"success:passkey:{user.id}"),
        *limits.make_network_counters(services, limits.SUCCESSES_OF_NETWORK, "success", client),
    ]
    return _Attempt(known, [limits.make_counter(services, limits.FAILURES_OF_ACCOUNT, owner), *failures], successes)


def _count_wrong(queries: Queries, services: Services, attempt: _Attempt, client: ClientInfo) -> None:
    limits.count(queries, services, attempt.failures)
    now = services.clock()
    record_event_for(queries, attempt.owner, EventKind.SESSION_REFUSED, client, now, method=METHOD)


def _open_session(
    queries: Queries, services: Services, checked: CheckedAssertion, successes: Sequence[Counter], client: ClientInfo
) -> NewSession | SecondStep:
    now = services.clock()
    limits.count(queries, services, successes)
    proved = accept_assertion(queries, services, checked, client, now)
    if has_left(proved.user, now):
        raise wrong_passkey()
    if is_unconfirmed(services, proved.user):
        raise refusal("email_not_verified")
    if not proved.is_verified and not has_two_step(proved.user):
        raise wrong_passkey()
    factor = Proved(PASSKEY) if proved.is_enough else None
    opened = open_session(queries, services, proved.user, METHOD, client, proved=factor)
    if isinstance(opened, SecondStep):
        return opened
    return replace(opened, is_mailed=opened.is_mailed or proved.is_suspected)
