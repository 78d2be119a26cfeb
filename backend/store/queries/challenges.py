"""Statements about the challenges that were answered with a passkey."""

from datetime import datetime
from typing import Any

from backend.store.compiled import Compiled
from backend.store.rows import Statements, begin_upsert
from backend.store.tables import used_challenges


def _use(driver: str) -> Any:
    return begin_upsert(used_challenges, driver).on_conflict_do_nothing(index_elements=[used_challenges.c.id])


USE = Compiled(_use)


class Challenges(Statements):
    def use(self, challenge_hash: str, *, expires_at: datetime) -> bool:
        """Note that a challenge was answered. Return False where it was answered before."""
        return USE.execute(self.connection, id=challenge_hash, expires_at=expires_at) == 1
