"""Statements for the export: every row that is kept about one person, without secrets.

The tables are those with a `user_id`, so that a new one is exported too. Rows come in pages by the table's own index of
users, for an account may have tens of thousands.
"""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Integer, Table, bindparam, select, true, tuple_

from backend.store.compiled import Compiled
from backend.store.rows import Statements
from backend.store.tables import mails, metadata, users

# Columns that prove or open something, or would to whoever could guess: hashes, salts, keys, handles of sessions.
SECRET = re.compile(r".*(hash|salt|secret|token|key|handle).*")
USERS = "users"
# Of a new address only its link is shown, which is there for a taken one too; its mail is not (user enumeration).
_SHOWN = {"mails": mails.c.kind != "change-email"}

Place = tuple[Any, ...]


class _Rows:
    """The rows of one person in a table."""

    def __init__(self, table: Table) -> None:
        self.names = [column.name for column in table.c if not is_withheld(column)]
        order = _find_order(table)
        owner = users.c.id if table is users else table.c.user_id
        rows = select(*(table.c[name] for name in self.names), *(column.label(f"_{column.name}") for column in order))
        rows = rows.where((owner == bindparam("user_id")) & _SHOWN.get(table.name, true()))
        rows = rows.order_by(*order).limit(bindparam("limit", type_=Integer))
        self.after = [f"after_{column.name}" for column in order]
        places = (bindparam(name, type_=column.type) for name, column in zip(self.after, order, strict=True))
        self.first_page = Compiled(rows)
        self.next_page = Compiled(rows.where(tuple_(*order) > tuple_(*places)))


def is_withheld(column: Column[Any]) -> bool:
    """Tell whether a column is kept out of the export: it holds a secret, or is a hash that names a row."""
    is_hash = column.primary_key and getattr(column.type, "length", None) == 64  # SHA-256 in hex
    return is_hash or column.name == "user_id" or (column.name != "email_key" and bool(SECRET.fullmatch(column.name)))


def _find_order(table: Table) -> list[Column[Any]]:
    """Return the columns of the table's index of users that follow the user, and the key, which ends a tie."""
    indexed = next((list(index.columns) for index in table.indexes if index.name == f"{table.name}_of_user"), [])
    columns = dict.fromkeys([*indexed[1:], *table.primary_key.columns])
    return list(columns)


_TABLES = {table.name: _Rows(table) for table in metadata.sorted_tables if table is users or "user_id" in table.c}
TABLES = tuple(_TABLES)


class Exports(Statements):
    def list_rows(
        self, table: str, user_id: str, limit: int, after: Place | None
    ) -> tuple[list[Mapping[str, Any]], Place | None]:
        """List a page of a person's rows in one of TABLES, and the place after it, or None at the end."""
        rows, owner = _TABLES[table], {"user_id": user_id, "limit": limit}
        if after is None:
            found = rows.first_page.fetch_all(self.connection, **owner)
        else:
            found = rows.next_page.fetch_all(self.connection, **owner, **dict(zip(rows.after, after, strict=True)))
        width = len(rows.names)
        page: list[Mapping[str, Any]] = [dict(zip(rows.names, row[:width], strict=True)) for row in found]
        return page, tuple(found[-1][width:]) if len(found) == limit else None
