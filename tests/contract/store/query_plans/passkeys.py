"""Statements about passkeys, by the method that makes them."""

from tests.contract.store.query_plans.rows import ID, NOW, Work, make_passkey

WORK: dict[str, Work] = {
    "passkeys.find_by_credential": lambda queries: queries.passkeys.find_by_credential("credential 7"),
    "passkeys.find": lambda queries: queries.passkeys.find(ID, ID),
    "passkeys.list_for_user": lambda queries: queries.passkeys.list_for_user(ID),
    "passkeys.count": lambda queries: queries.passkeys.count(ID),
    "passkeys.record_use": lambda queries: queries.passkeys.record_use(
        make_passkey(7), sign_count=1, is_backed_up=False, is_verifying=True, suspected_at=None, now=NOW
    ),
    "passkeys.rename": lambda queries: queries.passkeys.rename(ID, "Work"),
    "passkeys.delete": lambda queries: queries.passkeys.delete(ID, ID),
    "passkeys.delete_since": lambda queries: queries.passkeys.delete_since(ID, NOW),
    "passkeys.delete_all": lambda queries: queries.passkeys.delete_all(ID),
    "passkeys.ensure_handle": lambda queries: queries.passkeys.ensure_handle(ID, "handle"),
}
