"""Statements about recovery codes, by the method that makes them."""

from dataclasses import replace

from backend.store.records import RecoveryCode
from tests.contract.store.query_plans.rows import ID, NOW, Work, make_pending_set, make_set

WORK: dict[str, Work] = {
    "recovery_codes.find_pending": lambda queries: queries.recovery_codes.find_pending(ID, ID, NOW),
    "recovery_codes.find_active": lambda queries: queries.recovery_codes.find_active(ID),
    "recovery_codes.insert_pending": lambda queries: queries.recovery_codes.insert_pending(
        replace(make_pending_set(2), id="f" * 24)
    ),
    "recovery_codes.activate": lambda queries: queries.recovery_codes.activate(make_pending_set(7).id, make_set(7), []),
    "recovery_codes.count_left": lambda queries: queries.recovery_codes.count_left(ID),
    "recovery_codes.find_unused": lambda queries: queries.recovery_codes.find_unused(ID, "B"),
    "recovery_codes.use": lambda queries: queries.recovery_codes.use(RecoveryCode(ID, "B", ""), NOW),
    "recovery_codes.delete_all": lambda queries: queries.recovery_codes.delete_all(ID),
    "recovery_codes.delete_since": lambda queries: queries.recovery_codes.delete_since(ID, NOW),
}
