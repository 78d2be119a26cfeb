"""Statements about factors and the second step of a log-in, by the method that makes them."""

from tests.contract.store.query_plans.rows import HASH, ID, NOW, Work

WORK: dict[str, Work] = {
    "authenticators.find_active": lambda queries: queries.authenticators.find_active(ID),
    "authenticators.find_pending": lambda queries: queries.authenticators.find_pending(ID, ID, NOW),
    "authenticators.use_step": lambda queries: queries.authenticators.use_step(ID, 1, "encrypted"),
    "authenticators.prove": lambda queries: queries.authenticators.prove(ID, NOW),
    "authenticators.activate": lambda queries: queries.authenticators.activate(ID, NOW),
    "authenticators.delete_active": lambda queries: queries.authenticators.delete_active(ID),
    "authenticators.delete_pending": lambda queries: queries.authenticators.delete_pending(ID),
    "authenticators.delete_since": lambda queries: queries.authenticators.delete_since(ID, NOW),
    "authenticators.delete_all": lambda queries: queries.authenticators.delete_all(ID),
    "tickets.find": lambda queries: queries.tickets.find(HASH),
    "tickets.count_attempt": lambda queries: queries.tickets.count_attempt(ID, most=5, now=NOW),
    "tickets.spend": lambda queries: queries.tickets.spend(ID, NOW, HASH),
    "tickets.end_all": lambda queries: queries.tickets.end_all(ID),
}
