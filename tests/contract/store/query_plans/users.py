"""Statements about accounts, registrations and codes by SMS, by the method that makes them."""

from tests.contract.store.query_plans.rows import HASH, ID, NOW, Work, make_phone

PHONE = make_phone(7)

WORK: dict[str, Work] = {
    "users.find_by_id": lambda queries: queries.users.find_by_id(ID),
    "users.find_by_email": lambda queries: queries.users.find_by_email("ada7@example.com"),
    "users.find_by_phone": lambda queries: queries.users.find_by_phone(PHONE),
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
    "registrations.give_all": lambda queries: queries.registrations.give_all(ID, ID),
    "registrations.delete": lambda queries: queries.registrations.delete(ID),
    "registrations.delete_all": lambda queries: queries.registrations.delete_all(ID),
    "phone_codes.find_by_id": lambda queries: queries.phone_codes.find_by_id(ID),
    "phone_codes.find_newest": lambda queries: queries.phone_codes.find_newest(ID, "change-phone"),
    "phone_codes.count_attempt": lambda queries: queries.phone_codes.count_attempt(PHONE, HASH, most=5, now=NOW),
    "phone_codes.list_used": lambda queries: queries.phone_codes.list_used(PHONE, HASH, since=NOW),
    "phone_codes.use": lambda queries: queries.phone_codes.use(ID, NOW),
    "phone_codes.delete_of_asker": lambda queries: queries.phone_codes.delete_of_asker(ID, "change-phone", HASH),
    "phone_codes.delete_of_purpose": lambda queries: queries.phone_codes.delete_of_purpose(ID, "change-phone"),
    "phone_codes.delete_unused": lambda queries: queries.phone_codes.delete_unused(ID),
}
