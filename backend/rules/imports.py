"""Importing people from Altogic: a user as its API shows one becomes an account here, with the same id.

Altogic shows no passwords, so nobody gets one: people come back by a login link or a link to choose a password, which
their mailbox alone receives, or by a code that is sent to their phone.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from backend.kernel import fields
from backend.kernel.keys import ID, new_id
from backend.kernel.password_hashing import new_salt
from backend.kernel.phones import phone
from backend.kernel.profile_fields import make_user_columns, read_sign_up_profile
from backend.kernel.refusals import Problems, invalid
from backend.store import Queries
from backend.store.records import User


def is_unconfirmed(record: Mapping[str, Any]) -> bool:
    """Tell whether Altogic does not say that the address of a user was confirmed, or without one the number. Of users
    of a provider it never says so."""
    if record.get("email"):
        return record.get("emailVerified") is not True
    return bool(record.get("phone")) and record.get("phoneVerified") is not True


def read_user(record: Mapping[str, Any], now: datetime) -> User:
    """Read a user as Altogic shows one; free fields stay, and what has no place here is left out.

    Raises `validation_error`.
    """
    with Problems() as problems:
        user_id = problems.take(_read_id, record, "_id")
        number = problems.call(_read_number, record)
        email = None if number and not record.get("email") else problems.take(fields.email, record, "email")
        profile = problems.call(read_sign_up_profile, record)
        signed_up = problems.take(_read_time, record, "signUpAt")
        logged_in = problems.take(_read_time, record, "lastLoginAt")
    since = min(signed_up or now, now)
    times = {"sign_up_at": since, "last_login_at": min(logged_in or since, now)}
    return User(
        id=user_id,
        email=email.typed if email else None,
        email_key=email.key if email else None,
        email_verified=email is not None,
        password_hash=None,
        password_salt=new_salt(),
        phone=number,
        phone_verified=number is not None,
        phone_at=since if number else None,
        **{**make_user_columns(profile, now), **times},
    )


def add_users(queries: Queries, users: Sequence[User], now: datetime) -> int:
    """Add users, but for those whose id, address or number is known here. Return how many were added."""
    return sum(_add_user(queries, user, now) for user in users)


def _add_user(queries: Queries, user: User, now: datetime) -> bool:
    if queries.users.find_by_id(user.id) or _is_known(queries, user, now):
        return False
    queries.users.insert(user)
    return True


def _is_known(queries: Queries, user: User, now: datetime) -> bool:
    if user.phone and queries.users.find_by_phone(user.phone):
        return True
    key = user.email_key
    return bool(key and (queries.users.find_by_email(key) or queries.links.is_reserved(key, now, except_for="")))


def _read_number(record: Mapping[str, Any]) -> str | None:
    """Read a phone number that was confirmed, or that is all there is."""
    if not record.get("phone") or (record.get("email") and record.get("phoneVerified") is not True):
        return None
    return phone(record["phone"])


def _read_id(value: Any, param: str) -> str:
    if value is None:
        return new_id()
    if not isinstance(value, str) or not ID.fullmatch(value):
        raise invalid(param, "An id must be 24 hex digits.")
    return value


def _read_time(value: Any, param: str) -> datetime | None:
    if value is None:
        return None
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as error:
        raise invalid(param, "A time must be written as in ISO 8601.") from error
