"""Statements about identities of providers, by the method that makes them."""

from tests.contract.store.query_plans.rows import HASH, ID, NOW, Work, make_identity

WORK: dict[str, Work] = {
    "identities.find": lambda queries: queries.identities.find("github", "https://github.com", "7"),
    "identities.list_for_user": lambda queries: queries.identities.list_for_user(ID),
    "identities.record_use": lambda queries: queries.identities.record_use(ID, name="Ada", email=None, now=NOW),
    "identities.delete": lambda queries: queries.identities.delete(make_identity(7)),
    "identities.delete_since": lambda queries: queries.identities.delete_since(ID, NOW),
    "proven_identities.find_by_id": lambda queries: queries.proven_identities.find_by_id(ID),
    "proven_identities.find_by_token": lambda queries: queries.proven_identities.find_by_token(HASH),
    "proven_identities.find_by_registration": lambda queries: queries.proven_identities.find_by_registration(ID),
    "proven_identities.spend": lambda queries: queries.proven_identities.spend(ID, ID, NOW),
    "proven_identities.end_all": lambda queries: queries.proven_identities.end_all(ID),
}
