"""Rows of tables, mapped to records."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, Table, bindparam
from sqlalchemy.dialects import sqlite

from backend.store.compiled import SQLITE, Connection, Row

R = TypeVar("R")


class RecordMapper(Generic[R]):
    """Makes records of one class from rows of one table. Select `*mapper.columns`: they are in the record's order."""

    def __init__(self, table: Table, record: type[R]) -> None:
        self._make: Callable[..., R] = record
        self.columns: list[Column[Any]] = [table.c[field.name] for field in fields(record)]  # type: ignore[arg-type]

    def from_row(self, row: Row) -> R:
        return self._make(*row)

    def from_row_or_none(self, row: Row | None) -> R | None:
        return None if row is None else self._make(*row)

    def from_rows(self, rows: Sequence[Row]) -> list[R]:
        return [self._make(*row) for row in rows]


@dataclass(frozen=True)
class Statements:
    """Statements on one connection."""

    connection: Connection


def from_parameters(*columns: str) -> dict[str, Any]:
    """Return the values of an UPDATE that sets each column from a parameter of its name."""
    return {column: bindparam(column) for column in columns}


def begin_upsert(table: Table, driver: str) -> Any:
    """Begin an INSERT that takes `on_conflict_do_update`, which is SQLite's or PostgreSQL's own in SQLAlchemy."""
    if driver == SQLITE:
        return sqlite.insert(table)
    from sqlalchemy.dialects import postgresql  # imported here to start faster with SQLite, see opening.py

    return postgresql.insert(table)
