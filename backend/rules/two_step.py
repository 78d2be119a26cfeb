"""Two-step verification: a log-in takes a second factor too.

It is on from the moment on at which there is an authenticator app and a way in for whoever has lost it, recovery codes.
"""

from datetime import datetime

from backend.kernel.events import EventKind
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event
from backend.rules.factors import TOTP, has_recovery_codes, has_two_step
from backend.store import Queries
from backend.store.records import User


def switch_on_if_ready(queries: Queries, _services: Services, user: User, client: ClientInfo, now: datetime) -> bool:
    """Take a proven authenticator app into use where there are recovery codes, and switch two-step verification on.

    Within the caller's transaction. Return whether an app was taken into use; the one before is then deleted.
    """
    pending = queries.authenticators.find_pending(user.id)
    if pending is None or pending.proved_at is None or not has_recovery_codes(queries, user):
        return False
    queries.authenticators.delete_active(user.id)
    queries.authenticators.activate(pending.id, now)
    record_event(queries, user.id, EventKind.FACTOR_ADDED, client, now, factor=TOTP)
    if not has_two_step(user):
        queries.users.update(user.id, {"two_step_at": now})
        record_event(queries, user.id, EventKind.TWO_STEP_ON, client, now)
    return True
