"""All SQL. `Store` hides which database it is; `Queries` are the statements, the same for both databases."""

from backend.store.interface import Store, StoreError, StoreUnavailableError
from backend.store.opening import check_database, open_store
from backend.store.queries import Queries
from backend.store.queries.files import PIECE
from backend.store.sqlite import SqliteStore

__all__ = [
    "PIECE",
    "Queries",
    "SqliteStore",
    "Store",
    "StoreError",
    "StoreUnavailableError",
    "check_database",
    "open_store",
]
