"""What a database is asked: connections and stores that note it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Concatenate, ParamSpec, TypeVar

from backend.rules.context import Services
from backend.store import Queries, Store
from backend.store.compiled import Connection, Row
from backend.store.interface import bind

P = ParamSpec("P")
T = TypeVar("T")


@dataclass
class Noting:
    """A connection that notes each statement and its parameters."""

    connection: Connection
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    @property
    def driver(self) -> str:
        return self.connection.driver

    def execute(self, sql: str, parameters: Mapping[str, Any]) -> tuple[list[Row], int]:
        self.asked.append((sql, parameters))
        return self.connection.execute(sql, parameters)


class NotingStore:
    """A store that notes the statements of all work, and each BEGIN of a write."""

    def __init__(self, store: Store) -> None:
        self.environment_id = store.environment_id
        self.asked: list[str] = []
        self.store = store

    async def read(self, work: Callable[Concatenate[Queries, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await self.store.read(self._note, bind(work, *args, **kwargs))

    async def write(self, work: Callable[Concatenate[Queries, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        self.asked.append("BEGIN")
        return await self.store.write(self._note, bind(work, *args, **kwargs))

    async def erase_deleted(self) -> None:
        await self.store.erase_deleted()

    async def check(self) -> None:
        await self.store.check()

    async def close(self) -> None:
        await self.store.close()

    def _note(self, queries: Queries, work: Callable[[Queries], T]) -> T:
        noting = Noting(queries.users.connection)
        try:
            return work(Queries(noting))
        finally:
            self.asked += [sql for sql, _parameters in noting.asked]


def noting(services: Services) -> tuple[Services, list[str]]:
    """The same services, and the list of what they ask of the database."""
    store = NotingStore(services.store)
    return replace(services, store=store), store.asked


def kinds(statements: list[str]) -> list[str]:
    return [kind(statement) for statement in statements]


def kind(statement: str) -> str:
    """SELECT and of which table, or that something is written, or BEGIN."""
    words = " ".join(statement.split())
    table = re.search(r"^SELECT .*? FROM (\w+)", words)
    return f"SELECT {table[1]}" if table else "BEGIN" if words.startswith("BEGIN") else "write"
