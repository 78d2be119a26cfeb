"""Queries of Altogic's client (QueryBuilder.ts): `{expression, lookups, page, limit, sort, omit, group}`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.http.pagination import LIMIT, read_positive
from backend.kernel.expressions import Condition, read_conditions
from backend.kernel.refusals import invalid

OMITTED_LIMIT = 100


@dataclass(frozen=True)
class RecordQuery:
    """What is asked about records, of which there is one: so how they are sorted makes no difference.

    `number`: of the page, from 1. `omitted`: fields that are left out.
    """

    conditions: Sequence[Condition]
    number: int
    limit: int
    omitted: frozenset[str]

    def matches(self, record: Mapping[str, Any]) -> bool:
        return all(condition.holds_for(record) for condition in self.conditions)

    def find(self, record: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Return the record as the query wants it, if it matches."""
        shown = {key: value for key, value in record.items() if key not in self.omitted}
        return [shown] if self.matches(record) else []


def read_record_query(query: Any) -> RecordQuery:
    """Read a query. Raises `validation_error`, also for lookups and groups: there is nothing to look up."""
    if query is not None and not isinstance(query, Mapping):
        raise invalid("query", "query must be an object.")
    given: Mapping[str, Any] = query or {}
    for part in ("lookups", "group"):
        if given.get(part):
            raise invalid(part, f"{part} are not offered here.")
    return RecordQuery(
        read_conditions(given.get("expression")),
        read_positive(given, "page", 1, 1_000_000, param="page"),
        read_positive(given, "limit", LIMIT, 1_000_000, param="limit"),
        _read_omitted(given.get("omit")),
    )


def is_count_wanted(given: Any) -> bool:
    """Tell whether `returnCountInfo` is true. Applications also write `get({returnCountInfo: true})`."""
    return given is True or (isinstance(given, Mapping) and given.get("returnCountInfo") is True)


def _read_omitted(names: Any) -> frozenset[str]:
    omitted = [] if names is None else names
    if not isinstance(omitted, list) or len(omitted) > OMITTED_LIMIT or not all(isinstance(n, str) for n in omitted):
        raise invalid("omit", f"omit must be a list of at most {OMITTED_LIMIT} fields.")
    return frozenset(omitted)
