"""Statements as the driver runs them: with all of their parameters, and with lists of any length."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import bindparam, insert, select, update

from backend.store.compiled import SQLITE, Compiled, PlainConnection
from backend.store.tables import limits

pytestmark = pytest.mark.only_on("sqlite")

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
INSERT = Compiled(insert(limits))
SOME = Compiled(select(limits.c.id, limits.c.expires_at).where(limits.c.id.in_(bindparam("ids"))))
RENEW = Compiled(update(limits).where(limits.c.id == bindparam("which")).values(expires_at=bindparam("until")))


@pytest.fixture
def connection() -> Iterator[PlainConnection]:
    with closing(sqlite3.connect(":memory:")) as memory:
        memory.execute("CREATE TABLE limits (id TEXT, count INTEGER, expires_at INTEGER)").close()
        plain = PlainConnection(SQLITE, memory)
        for name in "abc":
            INSERT.execute(plain, id=name, count=1, expires_at=NOON)
        yield plain


@pytest.mark.parametrize("names", ["", "a", "c", "abc", "xb"])
def test_a_list_may_have_any_length(connection: PlainConnection, names: str) -> None:
    found = SOME.fetch_all(connection, ids=list(names))
    assert sorted(found) == [(name, NOON) for name in "abc" if name in names]


def test_a_statement_says_how_many_rows_it_touched(connection: PlainConnection) -> None:
    assert RENEW.execute(connection, which="a", until=NOON + timedelta(hours=1)) == 1
    assert RENEW.execute(connection, which="x", until=NOON) == 0
    assert SOME.fetch_first(connection, ids=["a"]) == ("a", NOON + timedelta(hours=1))


@pytest.mark.parametrize("given", [{}, {"which": "a"}, {"until": NOON}])
def test_a_parameter_that_was_forgotten_is_not_null(connection: PlainConnection, given: dict[str, str]) -> None:
    with pytest.raises((KeyError, sqlite3.ProgrammingError)):
        RENEW.execute(connection, **given)
    with pytest.raises((KeyError, sqlite3.ProgrammingError)):
        INSERT.execute(connection, id="d")
