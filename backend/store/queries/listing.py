"""Parts of the statements that list files or buckets page by page, all of them or those that are asked for."""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, Table, Text, bindparam, func, literal_column, select

from backend.store.compiled import Compiled
from backend.store.records import ListPage
from backend.store.rows import RecordMapper, Statements


class Listing:
    """The statements that list the rows of a table for which a condition holds, and count them."""

    def __init__(self, mapper: RecordMapper[Any], table: Table, condition: ColumnElement[bool], *ties: str) -> None:
        """`ties`: the columns that decide between rows that are equal in the column that is sorted by."""
        self._mapper, self._table, self._condition, self._ties = mapper, table, condition, ties

    def load(self, statements: Statements, page: ListPage, **whose: Any) -> list[Any]:
        statement = self._make_page(page.column, page.descending, page.is_public is not None, page.tag is not None)
        parameters = {**whose, **_make_parameters(page), "offset": page.offset, "limit": page.limit}
        return self._mapper.from_rows(statement.fetch_all(statements.connection, **parameters))

    def count(self, statements: Statements, page: ListPage, **whose: Any) -> int:
        """Count the rows of all pages."""
        statement = self._make_count(page.is_public is not None, page.tag is not None)
        return int(statement.fetch_column(statements.connection, **whose, **_make_parameters(page))[0])

    @cache  # noqa: B019 (there are four of these, which live as long as the program)
    def _make_page(self, column: str, descending: bool, by_visibility: bool, by_tag: bool) -> Compiled:
        columns = self._table.c
        order = [columns[column].desc() if descending else columns[column].asc(), *(columns[tie] for tie in self._ties)]
        offset, limit = bindparam("offset", type_=Integer), bindparam("limit", type_=Integer)
        statement = self._narrow(select(*self._mapper.columns), by_visibility, by_tag)
        return Compiled(statement.order_by(*order).offset(offset).limit(limit))

    @cache  # noqa: B019
    def _make_count(self, by_visibility: bool, by_tag: bool) -> Compiled:
        return Compiled(self._narrow(select(func.count()).select_from(self._table), by_visibility, by_tag))

    def _narrow(self, statement: Select[Any], by_visibility: bool, by_tag: bool) -> Select[Any]:
        statement = statement.where(self._condition)
        if by_visibility:
            statement = statement.where(self._table.c.is_public == bindparam("public"))
        return statement.where(_has_tag(self._table.c.tags)) if by_tag else statement


def _has_tag(tags: ColumnElement[str]) -> ColumnElement[bool]:
    """Tell whether a tag is in a JSON list. `LIKE` would not do: SQLite's takes A for a."""
    listed = literal_column("', '").concat(func.substr(tags, 2))
    return func.replace(listed, bindparam("tag", type_=Text), literal_column("''")) != listed


def _make_parameters(page: ListPage) -> dict[str, Any]:
    visibility = {} if page.is_public is None else {"public": page.is_public}
    return visibility if page.tag is None else {**visibility, "tag": f", {page.tag}"}
