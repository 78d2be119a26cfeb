"""The interface of a store, which is all that the rest of the backend knows of a database."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from backend.store.queries import Queries

P = ParamSpec("P")
T = TypeVar("T")


class StoreError(Exception):
    """The database cannot be used at all: damaged, read-only, newer than this program. Stops the start.

    Like a SettingsError it is one line that begins with the variable's name.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"DATABASE_URL: {' '.join(reason.split())}")


class StoreUnavailableError(Exception):
    """The database cannot do it now: locked for too long, disk full, connection lost. Nothing was changed."""


def bind(work: Callable[Concatenate[Queries, P], T], *args: P.args, **kwargs: P.kwargs) -> Callable[[Queries], T]:
    """Return the work with all of its arguments but the first, which is Queries."""
    return lambda queries: work(queries, *args, **kwargs)


class Store(Protocol):
    """Runs work against the database: `await store.write(_set_password, user_id, password_hash)`.

    Work is a synchronous function that takes Queries first and then the arguments given here. It has no effects beyond
    the database, and it may run again from the start after a collision. Both methods raise StoreUnavailableError.
    """

    environment_id: str
    """24 hex digits that name this installation in the addresses of its files."""

    async def read(self, work: Callable[Concatenate[Queries, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do the work without a transaction: each statement sees what was committed when it began."""
        ...

    async def write(self, work: Callable[Concatenate[Queries, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do the work in one transaction: when this returns all of it is on disk, when it raises none of it is."""
        ...

    async def erase_deleted(self) -> None:
        """Erase what was deleted from the files of the database, if the database can be told to."""
        ...

    async def check(self) -> None:
        """Raise StoreUnavailableError unless the database can be read, and on a server also written to."""
        ...

    async def close(self) -> None: ...
