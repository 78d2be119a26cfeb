"""Statements about lost factors, by the method that makes them."""

from tests.contract.store.query_plans.rows import ID, NOW, Work, make_lost

WORK: dict[str, Work] = {
    "lost_factors.find": lambda queries: queries.lost_factors.find(ID),
    "lost_factors.list_due": lambda queries: queries.lost_factors.list_due(NOW, 20),
    "lost_factors.postpone": lambda queries: queries.lost_factors.postpone(make_lost(7), NOW),
    "lost_factors.extend": lambda queries: queries.lost_factors.extend(ID, NOW),
    "lost_factors.delete": lambda queries: queries.lost_factors.delete(ID),
    "events.has_happened": lambda queries: queries.events.has_happened(ID, "password.reset", since=NOW),
}
