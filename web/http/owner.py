"""Whose page a form is on. The browser may be somebody else's by the time it is sent: then nothing of it is done.

Each form of ours names its owner in a hidden field, and htmx in a header of each request. Who sends neither is no page
of ours, and is not asked.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import HTTPConnection

from web.api.shapes import User

FIELD = "whose"
HEADER = "x-whose"
LONGEST = 300  # characters: an id, a blank, an address


class ForeignPageError(Exception):
    """The form is on the page of `owner` (an address, empty where it names none), not of who is logged in."""

    def __init__(self, owner: str) -> None:
        super().__init__()
        self.owner = owner


def name_owner(user: User | None) -> str:
    """The value of the field: the user's id, and for the person who reads the refusal the address."""
    return f"{user.id} {user.email}" if user else ""


def is_owner(user: User, named: str) -> bool:
    """Whether the user is who a field or header names. Nobody named is anybody."""
    return not named or named.partition(" ")[0] == user.id


def check_owner(connection: HTTPConnection[Any], fields: Mapping[str, str]) -> None:
    """Raise ForeignPageError if the form is on the page of another than the signed-in user."""
    user, named = connection.scope["state"].get("user"), fields.get(FIELD, "")
    if isinstance(user, User) and not is_owner(user, named):
        raise ForeignPageError(named[:LONGEST].partition(" ")[2])


def is_foreign(connection: HTTPConnection[Any]) -> bool:
    """Whether htmx asks for a part of a page that is on the page of another than the signed-in user."""
    user = connection.scope["state"].get("user")
    return isinstance(user, User) and not is_owner(user, connection.headers.get(HEADER, ""))
