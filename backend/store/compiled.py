"""Statements written with SQLAlchemy's Core, which compiles each of them once, and run by the driver itself.

Core's own way from a statement to its rows, through a cache, a pool and result proxies, takes several times as long as
the driver.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Protocol, TypeVar

from sqlalchemy import URL, BindParameter, ColumnElement
from sqlalchemy.engine import Dialect
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.selectable import ReturnsRows
from sqlalchemy.types import TypeEngine

Row = tuple[Any, ...]
Process = Callable[[Any], Any]
Key = TypeVar("Key")

SQLITE, POSTGRES = "sqlite", "postgresql+psycopg"  # the drivers, in SQLAlchemy's words
PARAMETERS = {SQLITE: "named", POSTGRES: "pyformat"}  # how they are written in SQL: a driver takes a dict of both kinds
TEXTS_WITH_LISTS = 200  # that are kept: what is often run has short lists, a clean-up one of any length


class Connection(Protocol):
    """A connection of a driver."""

    @property
    def driver(self) -> str: ...

    def execute(self, sql: str, parameters: Mapping[str, Any]) -> tuple[list[Row], int]:
        """Run SQL. Return its rows, fetched whole, so that none keeps a read open, and how many rows it touched."""
        ...


@dataclass(frozen=True)
class PlainConnection:
    """A connection of a driver that waits for its database: sqlite3's, or psycopg's at the start."""

    driver: str
    connection: Any

    def execute(self, sql: str, parameters: Mapping[str, Any]) -> tuple[list[Row], int]:
        cursor = self.connection.execute(sql, parameters)
        try:
            return cursor.fetchall() if cursor.description else [], cursor.rowcount
        finally:
            cursor.close()


class Compiled:
    """A statement, compiled when a driver first runs it. Make it once, of named `bindparam`s, for what is run often.

    `statement` may be a function that makes it for a driver, where the databases' own SQL is needed.
    """

    def __init__(self, statement: ReturnsRows | Callable[[str], ReturnsRows]) -> None:
        self._statement = statement
        self._sql: dict[str, _Sql] = {}

    def fetch_all(self, connection: Connection, **parameters: Any) -> list[Row]:
        sql = self._compile(connection.driver)
        return sql.load(connection.execute(*sql.bind(parameters))[0])

    def fetch_first(self, connection: Connection, **parameters: Any) -> Row | None:
        rows = self.fetch_all(connection, **parameters)
        return rows[0] if rows else None

    def fetch_column(self, connection: Connection, **parameters: Any) -> list[Any]:
        """Fetch the first column of all rows."""
        return [row[0] for row in self.fetch_all(connection, **parameters)]

    def execute(self, connection: Connection, **parameters: Any) -> int:
        """Run a statement for what it does. Return how many rows it touched."""
        return connection.execute(*self._compile(connection.driver).bind(parameters))[1]

    def _compile(self, driver: str) -> "_Sql":
        sql = self._sql.get(driver)
        if sql is None:
            statement = self._statement if isinstance(self._statement, ReturnsRows) else self._statement(driver)
            sql = self._sql[driver] = _Sql(statement, _make_dialect(driver))
        return sql


class _Sql:
    """The text of a statement for one driver, and what its types do to values on their way in and out.

    Most types do nothing to most values, and only those that do something are asked.
    """

    def __init__(self, statement: ReturnsRows, dialect: Dialect) -> None:
        self._compiled = statement.compile(dialect=dialect)
        self._text = str(self._compiled)
        parameters = {name: parameter for parameter, name in self._compiled.bind_names.items()}
        self._lists = [name for name, each in parameters.items() if each.expanding]
        self._defaults = {name: each.effective_value for name, each in parameters.items() if not each.required}
        self._bind_processors = _find_bind_processors(parameters, dialect)
        self._result_processors = _find_result_processors(statement, dialect)

    def bind(self, given: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Return the text and the values that the driver takes."""
        values = {**self._defaults, **given}
        for name, process in self._bind_processors:
            values[name] = process(values[name])
        return self._expand(values) if self._lists else (self._text, values)

    def _expand(self, values: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """Write a parameter for each item of an `IN (...)`, of which there are more or less each time."""
        lists = {name: values.pop(name) for name in self._lists}
        text, items = _write_lists(self._compiled, *((name, len(each)) for name, each in lists.items()))
        for name, each in lists.items():
            values.update(zip(items[name], each, strict=True))
        return text, values

    def load(self, rows: list[Row]) -> list[Row]:
        """Return the rows that the driver fetched with their values as Python has them."""
        return [self._load(list(row)) for row in rows] if self._result_processors else rows

    def _load(self, row: list[Any]) -> Row:
        for at, process in self._result_processors:
            row[at] = process(row[at])
        return tuple(row)


@lru_cache(TEXTS_WITH_LISTS)
def _write_lists(compiled: SQLCompiler, *lengths: tuple[str, int]) -> tuple[str, Mapping[str, list[str]]]:
    """Write the text of a statement for lists of these lengths. Return it with the parameters of their items."""
    lists = {name: [None] * length for name, length in lengths}
    expanded = compiled.construct_expanded_state({**compiled.params, **lists})
    return expanded.statement, expanded.parameter_expansion


def _find_bind_processors(parameters: Mapping[str, BindParameter[Any]], dialect: Dialect) -> list[tuple[str, Process]]:
    """Find what values go through before the driver gets them, by parameter. Lists are of texts, which need nothing."""
    single = {name: _find_type(each, dialect) for name, each in parameters.items() if not each.expanding}
    return _drop_idle((name, type_.bind_processor(dialect)) for name, type_ in single.items())


def _find_result_processors(statement: ReturnsRows, dialect: Dialect) -> list[tuple[int, Process]]:
    """Find what values go through after the driver has fetched them, by the place of their column in a row."""
    types = [_find_type(column, dialect) for column in statement.exported_columns]
    return _drop_idle((at, type_.result_processor(dialect, None)) for at, type_ in enumerate(types))


def _find_type(element: ColumnElement[Any], dialect: Dialect) -> TypeEngine[Any]:
    return element.type.dialect_impl(dialect)


def _drop_idle(processors: Iterable[tuple[Key, Process | None]]) -> list[tuple[Key, Process]]:
    return [(key, process) for key, process in processors if process is not None]


@cache
def _make_dialect(driver: str) -> Dialect:
    """Make a dialect that knows of no connection. Imports the database's modules, see opening.py."""
    dialect: type[Any] = URL.create(driver).get_dialect()
    made: Dialect = dialect(paramstyle=PARAMETERS[driver])
    return made
