"""Statements about accounts and registrations, by the method that makes them."""

from tests.contract.store.query_plans.rows import HASH, ID, NOW, Work

WORK: dict[str, Work] = {
    "users.find_by_id": lambda queries: queries.users.find_by_id(ID),
    "users.find_by_email": lambda queries: queries.users.find_by_email("ada7@example.com"),
    "users.update": lambda queries: queries.users.update(ID, {"name": "Ada"}),
    "users.begin_leaving": lambda queries: queries.users.begin_leaving(ID, NOW),
    "users.keep": lambda queries: queries.users.keep(ID, NOW),
    "users.leave_now": lambda queries: queries.users.leave_now(ID, NOW),
    "users.list_left": lambda queries: queries.users.list_left(NOW, 50),
    "users.delete_left": lambda queries: queries.users.delete_left(ID, NOW),
    "users.delete": lambda queries: queries.users.delete(ID),
    "registrations.find_by_id": lambda queries: queries.registrations.find_by_id(ID),
    "registrations.list_for_user": lambda queries: queries.registrations.list_for_user(ID),
    "registrations.find_by_secret": lambda queries: queries.registrations.find_by_secret(ID, HASH),
    "registrations.renew": lambda queries: queries.registrations.renew(
        ID, now=NOW, user_agent="", address="", language="en"
    ),
    "registrations.delete": lambda queries: queries.registrations.delete(ID),
    "registrations.delete_all": lambda queries: queries.registrations.delete_all(ID),
}
