"""Refuse a form that is sent from a page made for another user.

By the time a form is sent, someone else may have logged in, in the same browser: then nothing is changed. Each form
names its page's user in a hidden field, and htmx does so in a header of each request. A request with neither does not
come from a page of ours, and is not checked: this is no protection against CSRF, which web/http/security.py gives.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import HTTPConnection

from web.api.shapes import User

FIELD = "whose"
HEADER = "x-whose"
LONGEST = 300  # characters: an id, a blank, an address


class ForeignPageError(Exception):
    """The form is on the page of `owner` (an email address or a phone number, empty where unknown), not of the user
    who is signed in."""

    def __init__(self, owner: str) -> None:
        super().__init__()
        self.owner = owner


def name_owner(user: User | None) -> str:
    """Return the value of the field: the user's id, and the email address or phone number for the message that may
    follow."""
    return f"{user.id} {user.contact}" if user else ""


def find_owner_id(fields: Mapping[str, str]) -> str:
    """Return the id of the page's user by the form's field, or an empty text where it names nobody."""
    return fields.get(FIELD, "").partition(" ")[0]


def is_owner(user: User, named: str) -> bool:
    """Tell whether a field or header names this user, or nobody."""
    return not named or named.partition(" ")[0] == user.id


def check_owner(connection: HTTPConnection[Any], fields: Mapping[str, str]) -> None:
    """Raise ForeignPageError if the form is on the page of another user than the signed-in one."""
    user, named = connection.scope["state"].get("user"), fields.get(FIELD, "")
    if isinstance(user, User) and not is_owner(user, named):
        raise ForeignPageError(named[:LONGEST].partition(" ")[2])


def is_foreign(connection: HTTPConnection[Any]) -> bool:
    """Tell whether htmx asks for a fragment from the page of another user than the signed-in one."""
    user = connection.scope["state"].get("user")
    return isinstance(user, User) and not is_owner(user, connection.headers.get(HEADER, ""))
