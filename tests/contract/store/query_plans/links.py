"""Statements about mailed links, by the method that makes them."""

from tests.contract.store.query_plans.rows import HASH, ID, NOW, Work, make_link

WORK: dict[str, Work] = {
    "links.find_by_id": lambda queries: queries.links.find_by_id(ID),
    "links.find_by_key": lambda queries: queries.links.find_by_key(HASH),
    "links.find_by_access_token": lambda queries: queries.links.find_by_access_token(HASH),
    "links.find_by_handle": lambda queries: queries.links.find_by_handle(HASH),
    "links.find_newest_asked": lambda queries: queries.links.find_newest_asked(HASH),
    "links.list_asked": lambda queries: queries.links.list_asked(HASH),
    "links.count_attempt": lambda queries: queries.links.count_attempt(
        HASH, ["magic-link"], most=5, since=NOW, now=NOW
    ),
    "links.use_up_code": lambda queries: queries.links.use_up_code(ID, most=5),
    "links.give": lambda queries: queries.links.give(ID, ID),
    "links.end_codes": lambda queries: queries.links.end_codes(HASH, "magic-link"),
    "links.press": lambda queries: queries.links.press(ID, now=NOW, access_expires_at=NOW),
    "links.has_been_pressed": lambda queries: queries.links.has_been_pressed(
        ID, "change-email", "ada7@example.com", NOW
    ),
    "links.spend": lambda queries: queries.links.spend(ID, NOW),
    "links.extend": lambda queries: queries.links.extend(ID, NOW),
    "links.spend_kind": lambda queries: queries.links.spend_kind(ID, "magic-link", NOW),
    "links.spend_all": lambda queries: queries.links.spend_all(ID, NOW, except_kinds=["undo-email"]),
    "links.spend_others": lambda queries: queries.links.spend_others(ID, NOW, letters=["new-login"]),
    "links.disown": lambda queries: queries.links.disown(ID, NOW),
    "links.list_unspent": lambda queries: queries.links.list_unspent(ID, "change-email"),
    "links.is_reserved": lambda queries: queries.links.is_reserved("ada7@example.com", NOW, except_for=ID),
    "links.delete_for_registration": lambda queries: queries.links.delete_for_registration(ID),
    "links.find_newest_awaited": lambda queries: queries.links.find_newest_awaited(ID, HASH),
    "links.has_been_sent": lambda queries: queries.links.has_been_sent(make_link(7), since=NOW),
}
