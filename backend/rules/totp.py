"""TOTP: the authenticator app of an account, and its codes, each of which is taken once.

The secret is stored encrypted by SECRET_KEY. Adding an app begins with a new secret, which waits until the app has
shown a right code.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from backend.kernel.events import EventKind
from backend.kernel.keys import new_id
from backend.kernel.refusals import RefusalError, refusal
from backend.kernel.totp import (
    RECOGNIZED_STEPS,
    TOLERATED_STEPS,
    find_step,
    get_step,
    load_libraries,
    make_uri,
    new_secret,
)
from backend.mail.factor_letters import APP_REMOVED, TWO_STEP_OFF
from backend.rules import limits
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event
from backend.rules.factors import TOTP, count_passkeys, find_pending_app, has_two_step, switch_off
from backend.rules.profile import reload_user
from backend.rules.proofs import Use, refuse_with
from backend.rules.reauthentication import require_recent_confirmation
from backend.rules.session_list import end_others
from backend.rules.sessions import SignedIn
from backend.rules.two_step import switch_on_if_ready, tell_owner
from backend.store import Queries
from backend.store.records import Authenticator, User


@dataclass(frozen=True)
class NewAuthenticator:
    """What an app is to be given: the secret, and the `otpauth:` address that holds it."""

    secret: str = field(repr=False)
    uri: str = field(repr=False)


@dataclass(frozen=True)
class TotpProof:
    """A code of an authenticator app that somebody typed, as `read_totp` returns it."""

    text: str = field(repr=False)
    factor: str = TOTP

    async def check(self, services: Services, user: User, client: ClientInfo) -> Use:  # noqa: ARG002
        """Compare the code with those of the app in use."""
        authenticator = await services.store.read(_find_active, user)
        return await check_totp(services, authenticator, self.text)


async def begin(services: Services, me: SignedIn) -> NewAuthenticator:
    """Make a secret for a new app, or return the one that this session has just begun with: a page that is loaded again
    shows the same. Of another session it is never shown, which may be a thief's.

    Raises `confirmation_required`: by a second factor where two-step verification is on, of which the app is one more.
    """
    require_recent_confirmation(services, me, strong=True)
    await load_libraries()
    secret = await services.store.write(_begin, services, me, new_secret(), services.clock())
    return NewAuthenticator(secret, make_uri(secret, me.user.login_name, services.settings.public.site_name))


def _begin(queries: Queries, services: Services, me: SignedIn, secret: str, now: datetime) -> str:
    """Return the secret that counts now: `secret`, or the one that was begun with."""
    begun = find_pending_app(queries, me.user.id, me.session.id, now)
    if begun and begun.proved_at is None and (known := services.keyring.decrypt(begun.secret)):
        return known
    queries.authenticators.delete_pending(me.user.id)
    encrypted = services.keyring.encrypt(secret)
    queries.authenticators.insert(Authenticator(new_id(), me.user.id, encrypted, now, session_id=me.session.id))
    return secret


async def finish(services: Services, me: SignedIn, code: str, client: ClientInfo, *, ends_others: bool = False) -> bool:
    """Note that the app which this session has begun with has shown a right code. Return whether it is in use now: with
    recovery codes it is.

    With `ends_others` the user's other sessions end.

    Raises `wrong_code`, `code_used`, `rate_limit_exceeded`, `confirmation_required`, or `nothing_pending`.
    """
    require_recent_confirmation(services, me, strong=True)
    pending = await services.store.read(find_pending_app, me.user.id, me.session.id, services.clock())
    if pending is None:
        raise refusal("nothing_pending", message="No authenticator app is being added.")
    use = await check_totp(services, pending, code, explains_ahead=True)
    finished = await services.store.write(_finish, services, me, pending, use, client, ends_others=ends_others)
    if isinstance(finished, RefusalError):
        raise finished
    services.mail_waits.set()
    return finished


def _finish(
    queries: Queries,
    services: Services,
    me: SignedIn,
    pending: Authenticator,
    use: Use,
    client: ClientInfo,
    *,
    ends_others: bool,
) -> bool | RefusalError:
    """Return a refusal instead of raising it: that would roll back the count of attempts.

    They count by themselves, for whoever makes them has been told the secret.
    """
    now, user = services.clock(), reload_user(queries, me.user)
    counter = limits.make_counter(services, limits.FACTORS_OF_ACCOUNT, f"factor:new:{user.id}")
    limits.count(queries, services, [counter])
    if refused := use(queries, now):
        return refused
    limits.take_back(queries, [counter])
    queries.authenticators.prove(pending.id, now)
    is_active = switch_on_if_ready(queries, services, me, client, now)
    if ends_others:
        end_others(queries, me, client, now)
    return is_active


async def remove(services: Services, me: SignedIn, client: ClientInfo, *, ends_others: bool = False) -> None:
    """Remove the app, and one that is being added. Without a passkey that can be shown two-step verification is off
    then.

    One that is not there is removed. With `ends_others` the user's other sessions end. Raises `confirmation_required`:
    by a second factor where it is on.
    """
    require_recent_confirmation(services, me, strong=True)
    await services.store.write(_remove, services, me, client, services.clock(), ends_others=ends_others)
    services.mail_waits.set()


def _remove(
    queries: Queries, services: Services, me: SignedIn, client: ClientInfo, now: datetime, *, ends_others: bool
) -> None:
    user = reload_user(queries, me.user)
    queries.authenticators.delete_pending(user.id)
    if queries.authenticators.delete_active(user.id):
        record_event(queries, user.id, EventKind.FACTOR_REMOVED, client, now, factor=TOTP)
        is_off = has_two_step(user) and not count_passkeys(queries, services, user)
        if is_off:
            switch_off(queries, user, client, now)
        tell_owner(queries, services, user, TWO_STEP_OFF if is_off else APP_REMOVED, client)
    if ends_others:
        end_others(queries, me, client, now)


async def check_totp(
    services: Services, authenticator: Authenticator | None, code: str, *, explains_ahead: bool = False
) -> Use:
    """Compare a code with those of an app, and return what takes it, or refuses it with the reason.

    With `explains_ahead` it is also told that the app's clock is ahead: to whoever guesses, that would name a code of
    the next minutes.
    """
    await load_libraries()
    secret = services.keyring.decrypt(authenticator.secret) if authenticator else None
    if authenticator is None or secret is None:
        return refuse_with(refusal("wrong_code", param="code"))
    now = services.clock()
    step = find_step(secret, code, now, around=TOLERATED_STEPS)
    if step is None:
        return refuse_with(_explain(secret, code, now, explains_ahead=explains_ahead))
    secret_of_now = services.keyring.reencrypt(authenticator.secret)
    return partial(_use_step, replace(authenticator, secret=secret_of_now), step)


def _explain(secret: str, code: str, now: datetime, *, explains_ahead: bool) -> RefusalError:
    """Refuse a wrong code, and tell by how much the clock is wrong that has shown it, if it is."""
    near, present = find_step(secret, code, now, around=RECOGNIZED_STEPS), get_step(now)
    if near is None or (near > present and not explains_ahead):
        return refusal("wrong_code", param="code")
    return refusal("wrong_code", param="code", minutesOff=max(1, round(abs(near - present) / 2)))


def _use_step(authenticator: Authenticator, step: int, queries: Queries, _now: datetime) -> RefusalError | None:
    """Take the code of a step, once. The secret is stored as encrypted by today's first secret key."""
    if not queries.authenticators.use_step(authenticator.id, step, authenticator.secret):
        return refusal("code_used", param="code")
    return None


def _find_active(queries: Queries, user: User) -> Authenticator | None:
    return queries.authenticators.find_active(user.id)
