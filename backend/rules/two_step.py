"""Two-step verification: a log-in takes a second factor too. Its owner switches it on, and off.

It is on from the moment on at which there is an authenticator app and a way in for whoever has lost it, recovery codes.
The owner is mailed whatever changes.
"""

from datetime import datetime

from backend.kernel.events import EventKind
from backend.kernel.refusals import refusal
from backend.mail.factor_letters import APP_ADDED, TWO_STEP_OFF, TWO_STEP_ON
from backend.mail.letter import Letter
from backend.rules.confirmation import can_be_mailed
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event
from backend.rules.factors import (
    TOTP,
    can_have_two_step,
    find_pending_app,
    has_recovery_codes,
    has_two_step,
    switch_off,
)
from backend.rules.known_devices import forget_other_devices
from backend.rules.mail_limits import count_told_act
from backend.rules.mailer import Mailer
from backend.rules.profile import reload_user
from backend.rules.reauthentication import require_recent_confirmation
from backend.rules.session_list import end_others
from backend.rules.sessions import SignedIn
from backend.store import Queries
from backend.store.records import User


def switch_on_if_ready(queries: Queries, services: Services, me: SignedIn, client: ClientInfo, now: datetime) -> bool:
    """Take a proven authenticator app into use where there are recovery codes, and switch two-step verification on.

    Within the caller's transaction, after which `services.mail_waits` is set. Return whether an app was taken into use;
    the one before is then deleted.
    """
    user = reload_user(queries, me.user)
    pending = find_pending_app(queries, user.id, me.session.id, now)
    if pending is None or pending.proved_at is None or not has_recovery_codes(queries, user):
        return False
    if has_two_step(user):  # else that is counted
        count_told_act(queries, services, user.id)
    queries.authenticators.delete_active(user.id)
    queries.authenticators.activate(pending.id, now)
    record_event(queries, user.id, EventKind.FACTOR_ADDED, client, now, factor=TOTP)
    if has_two_step(user):
        tell_owner(queries, services, user, APP_ADDED, client)
    else:
        _switch_on(queries, services, user, client, now)
    return True


async def switch(services: Services, me: SignedIn, client: ClientInfo, *, on: bool, ends_others: bool = False) -> None:
    """Switch two-step verification on or off, and with `ends_others` end the user's other sessions.

    Where it is so already, nothing is switched. Raises `confirmation_required`, for off by a second factor,
    `factor_missing`, or `rate_limit_exceeded`.
    """
    require_recent_confirmation(services, me, strong=not on)
    await services.store.write(_switch, services, me, client, on=on, ends_others=ends_others)
    services.mail_waits.set()


def _switch(
    queries: Queries, services: Services, me: SignedIn, client: ClientInfo, *, on: bool, ends_others: bool
) -> None:
    user, now = reload_user(queries, me.user), services.clock()
    if on and not has_two_step(user):
        if not can_have_two_step(queries, services, user):
            raise refusal("factor_missing")
        _switch_on(queries, services, user, client, now)
    elif not on and has_two_step(user):
        switch_off(queries, user, client, now)
        tell_owner(queries, services, user, TWO_STEP_OFF, client)
    if ends_others:
        end_others(queries, me, client, now)


def _switch_on(queries: Queries, services: Services, user: User, client: ClientInfo, now: datetime) -> None:
    count_told_act(queries, services, user.id)
    queries.users.update(user.id, {"two_step_at": now})
    forget_other_devices(queries, user.id, client)  # which the password alone has made known
    record_event(queries, user.id, EventKind.TWO_STEP_ON, client, now)
    tell_owner(queries, services, user, TWO_STEP_ON, client)


def tell_owner(queries: Queries, services: Services, user: User, letter: Letter, client: ClientInfo) -> None:
    """Mail the owner what was changed, who may not have done it, within the caller's transaction."""
    if can_be_mailed(services, user):
        Mailer(queries, services, client).send_factor_letter(user, letter)
