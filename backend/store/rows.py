"""Rows of tables, mapped to records."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, Connection, Row, Table, insert
from sqlalchemy.dialects import sqlite

R = TypeVar("R")


class RecordMapper(Generic[R]):
    """Makes records of one class from rows of one table. Select `*mapper.columns`: they are in the record's order."""

    def __init__(self, table: Table, record: type[R]) -> None:
        self._make: Callable[..., R] = record
        self.columns: list[Column[Any]] = [table.c[field.name] for field in fields(record)]  # type: ignore[arg-type]

    def from_row(self, row: Row[Any] | Sequence[Any]) -> R:
        return self._make(*row)

    def from_row_or_none(self, row: Row[Any] | None) -> R | None:
        return None if row is None else self._make(*row)

    def from_rows(self, rows: Sequence[Row[Any]]) -> list[R]:
        return [self._make(*row) for row in rows]


class Statements:
    """Statements on one connection. Every result is fetched whole, so that none keeps a read transaction open."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def _insert(self, table: Table, record: Any) -> None:
        self.connection.execute(insert(table), asdict(record))

    def _upsert_into(self, table: Table) -> Any:
        """Begin an INSERT that takes `on_conflict_do_update`, which is SQLite's or PostgreSQL's own in SQLAlchemy."""
        if self.connection.dialect.name == "sqlite":
            return sqlite.insert(table)
        from sqlalchemy.dialects import postgresql  # imported here to start faster with SQLite, see opening.py

        return postgresql.insert(table)
