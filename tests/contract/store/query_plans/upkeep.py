"""Statements that keep a database in order, count attempts and export, by the method that makes them."""

from datetime import timedelta
from functools import partial

from backend.store import Queries
from backend.store.queries.exports import TABLES
from tests.contract.store.query_plans.rows import HASH, ID, NOW, Work


def list_rows(table: str, queries: Queries) -> object:
    """A first page and the one after it."""
    page, after = queries.exports.list_rows(table, ID, 1, None)
    return page, after and queries.exports.list_rows(table, ID, 1, after)


WORK: dict[str, Work] = {
    "limits.list_active": lambda queries: queries.limits.list_active([HASH, f"{8:064x}"], NOW),
    "limits.take_back": lambda queries: queries.limits.take_back([HASH, f"{8:064x}"]),
    "limits.renew": lambda queries: queries.limits.renew(HASH, NOW, NOW),
    "limits.delete": lambda queries: queries.limits.delete(HASH, NOW),
    "meta.get": lambda queries: queries.meta.get("environment_id"),
    "meta.check_writable": lambda queries: queries.meta.check_writable(),
    "meta.set": lambda queries: queries.meta.set("environment_id", ID),
    "expired_rows.delete_sessions": lambda queries: queries.expired_rows.delete_sessions(NOW, 50),
    "expired_rows.delete_challenges": lambda queries: queries.expired_rows.delete_challenges(NOW, 50),
    "expired_rows.delete_tickets": lambda queries: queries.expired_rows.delete_tickets(NOW, 50),
    "expired_rows.delete_proven_identities": lambda queries: queries.expired_rows.delete_proven_identities(NOW, 50),
    "expired_rows.delete_limits": lambda queries: queries.expired_rows.delete_limits(NOW, 50),
    "expired_rows.delete_devices": lambda queries: queries.expired_rows.delete_devices(NOW, 50),
    "expired_rows.delete_recovery_sets": lambda queries: queries.expired_rows.delete_recovery_sets(NOW, 50),
    "expired_rows.delete_phone_codes": lambda queries: queries.expired_rows.delete_phone_codes(NOW, 50),
    "expired_rows.delete_links": lambda queries: queries.expired_rows.delete_links(NOW, 50),
    "expired_rows.delete_mails": lambda queries: queries.expired_rows.delete_mails(NOW, 50),
    "expired_rows.delete_events": lambda queries: queries.expired_rows.delete_events(NOW, 50),
    "expired_rows.delete_registrations": lambda queries: queries.expired_rows.delete_registrations(
        NOW + timedelta(days=1), 50
    ),
    "expired_rows.delete_photos": lambda queries: queries.expired_rows.delete_photos(NOW, 50),
    **{f"exports.list_rows, {table}": partial(list_rows, table) for table in TABLES},
}
