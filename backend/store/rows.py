"""Between rows and records."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from typing import Any, Generic, TypeVar

from sqlalchemy import Column, Connection, Row, Table, insert

R = TypeVar("R")


class Shape(Generic[R]):
    """Which columns of a table make a record, in the record's own order."""

    def __init__(self, table: Table, record: type[R]) -> None:
        self._make: Callable[..., R] = record
        self.columns: list[Column[Any]] = [table.c[field.name] for field in fields(record)]  # type: ignore[arg-type]

    def one(self, row: Row[Any] | Sequence[Any]) -> R:
        return self._make(*row)

    def maybe(self, row: Row[Any] | None) -> R | None:
        return None if row is None else self._make(*row)

    def all(self, rows: Sequence[Row[Any]]) -> list[R]:
        return [self._make(*row) for row in rows]


class Statements:
    """Statements on one connection. Every result is fetched whole, so that none keeps a read transaction open."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def _insert(self, table: Table, record: Any) -> None:
        self.connection.execute(insert(table), asdict(record))
