"""What a database is asked: connections and stores that note it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Concatenate, ParamSpec, TypeVar

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
