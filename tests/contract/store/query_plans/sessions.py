"""Statements about sessions and known devices, by the method that makes them."""

from backend.store import Queries
from backend.store.queries.sessions import OtherSessions
from tests.contract.store.query_plans.rows import HASH, ID, NOW, Work, make_session

WORK: dict[str, Work] = {
    "sessions.find_with_user": lambda queries: queries.sessions.find_with_user(HASH),
    "sessions.find_with_user_by_previous": lambda queries: queries.sessions.find_with_user_by_previous(HASH, NOW),
    "sessions.renew": lambda queries: queries.sessions.renew(
        ID, old_hash=HASH, new_hash=ID, previous_until=NOW, confirmed_at=NOW, by="password"
    ),
    "sessions.list_for_user": lambda queries: queries.sessions.list_for_user(ID),
    "sessions.select_others, newest": lambda queries: others(queries).list_newest(50, None),
    "sessions.select_others, after one": lambda queries: others(queries).list_newest(50, make_session(7)),
    "sessions.select_others, count": lambda queries: others(queries).count(),
    "sessions.find": lambda queries: queries.sessions.find(ID, HASH, HASH),
    "sessions.update_last_seen": lambda queries: queries.sessions.update_last_seen(ID, NOW),
    "sessions.set_label": lambda queries: queries.sessions.set_label(ID, "Work"),
    "sessions.end_one": lambda queries: queries.sessions.end_one(ID, HASH, HASH),
    "sessions.end_all": lambda queries: queries.sessions.end_all(ID, except_for=ID),
    "sessions.end_oldest": lambda queries: queries.sessions.end_oldest(ID, keep=0),
    "devices.has_any": lambda queries: queries.devices.has_any(ID),
    "devices.forget_oldest": lambda queries: queries.devices.forget_oldest(ID, keep=0),
    "devices.forget_all": lambda queries: queries.devices.forget_all(ID),
    "devices.is_known": lambda queries: queries.devices.is_known(HASH),
}


def others(queries: Queries) -> OtherSessions:
    return queries.sessions.select_others(ID, f"{8:024x}", now=NOW, used_since=NOW)
