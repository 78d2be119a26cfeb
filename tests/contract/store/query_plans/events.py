"""Statements about the history, by the method that makes them."""

from datetime import timedelta

from tests.contract.store.query_plans.rows import HASH, ID, NOW, Work, make_event

WORK: dict[str, Work] = {
    "events.list_newest": lambda queries: queries.events.list_newest(ID, 50, None),
    "events.list_before": lambda queries: queries.events.list_before(ID, 50, (NOW, HASH)),
    "events.find": lambda queries: queries.events.find(ID, HASH),
    "events.list_newest, after one": lambda queries: queries.events.list_newest(ID, 50, (NOW, HASH)),
    "events.record": lambda queries: queries.events.record(
        make_event(7), rest_id=f"{8:064x}", most=20, since=NOW - timedelta(days=1)
    ),
}
