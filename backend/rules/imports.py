"""Importing people from Altogic: a user as its API shows one becomes an account here, with the same id.

Altogic shows no passwords, so nobody gets one: people come back by a login link or a link to choose a password, which
their mailbox alone receives.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from backend.kernel import fields
from backend.kernel.keys import ID, new_id
from backend.kernel.password_hashing import new_salt
from backend.kernel.profile_fields import make_user_columns, read_sign_up_profile
from backend.kernel.refusals import Problems, invalid
from backend.store import Queries
from backend.store.records import User


def is_confirmed(record: Mapping[str, Any]) -> bool:
    """Tell whether Altogic has seen the address of a user confirmed. Of users of a provider it says nothing."""
    return record.get("emailVerified") is True


def read_user(record: Mapping[str, Any], now: datetime) -> User:
    """Read a user as Altogic shows one; free fields stay, and what has no place here is left out.

    Raises `validation_error`.
    """
    with Problems() as problems:
        user_id = problems.take(_read_id, record, "_id")
        email = problems.take(fields.email, record, "email")
        profile = problems.call(read_sign_up_profile, record)
        signed_up = problems.take(_read_time, record, "signUpAt")
        logged_in = problems.take(_read_time, record, "lastLoginAt")
    times = {"sign_up_at": min(signed_up or now, now), "last_login_at": min(logged_in or signed_up or now, now)}
    return User(
        id=user_id,
        email=email.typed,
        email_key=email.key,
        email_verified=True,
        password_hash=None,
        password_salt=new_salt(),
        **{**make_user_columns(profile, now), **times},
    )


def add_users(queries: Queries, users: Sequence[User], now: datetime) -> int:
    """Add users, but for those whose id or address is known here. Return how many were added."""
    return sum(_add_user(queries, user, now) for user in users)


def _add_user(queries: Queries, user: User, now: datetime) -> bool:
    email_key = user.email_key or ""
    is_known = queries.users.find_by_id(user.id) or queries.users.find_by_email(email_key)
    if is_known or queries.links.is_reserved(email_key, now, except_for=""):
        return False
    queries.users.insert(user)
    return True


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
