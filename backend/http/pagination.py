"""The pagination of lists of files and buckets: which page a request asks for, and the JSON of a page."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from backend.kernel.expressions import read_conditions, refuse_expression
from backend.kernel.refusals import invalid
from backend.rules.listing import ListRequest
from backend.store.records import ListPage

LIMIT = 1000  # files or buckets in one answer
FILE_COLUMNS = {  # by age where all files of a user are alike; the default is the first
    "uploadedAt": "uploaded_at",
    "_id": "id",
    "fileName": "name",
    "size": "size",
    "mimeType": "mime_type",
    "isPublic": "is_public",
    "publicPath": "id",
    "tags": "tags",
    "updatedAt": "updated_at",
    "bucketId": "uploaded_at",
    "encoding": "uploaded_at",
    "userId": "uploaded_at",
}
BUCKET_COLUMNS = {
    "createdAt": "created_at",
    "_id": "id",
    "name": "name",
    "isPublic": "is_public",
    "tags": "tags",
    "updatedAt": "updated_at",
    "userId": "created_at",
}


@dataclass(frozen=True)
class PageRequest:
    """A page of a list. `number` counts from 1; `with_count`: answer with the count of all."""

    request: ListRequest
    number: int
    with_count: bool

    def to_json(self, rows: list[dict[str, Any]], count: int) -> Any:
        return page_to_json(rows, count, self.number, self.request.page.limit) if self.with_count else rows


def page_to_json(rows: Sequence[Any], count: int, number: int, limit: int) -> dict[str, Any]:
    """Return the JSON of a page with its counts, under both pairs of names that applications of Altogic's read."""
    info = {"count": count, "totalPages": -(-count // limit), "currentPage": number, "pageSize": limit}
    return {"countInfo": info, "result": rows, "info": info, "data": rows}


def read_page_request(body: Mapping[str, Any], columns: Mapping[str, str]) -> PageRequest:
    """Read `expression` and `options`: `{sort: {field, direction}, page, limit, returnCountInfo}`, all of it optional.

    Raises `validation_error`.
    """
    options = _read_object(body.get("options"))
    sort = _read_object(options.get("sort"))
    column, direction = sort.get("field", next(iter(columns))), sort.get("direction", "asc")
    if not isinstance(column, str) or column not in columns or direction not in ("asc", "desc"):
        raise invalid("options", "sort must name a field of what is listed, and a direction, asc or desc.")
    number = read_positive(options, "page", 1, 1_000_000, param="options")
    limit = read_positive(options, "limit", LIMIT, LIMIT, param="options")
    asked = _read_filter(body.get("expression"))
    tag = json.dumps(asked["tags"]) if "tags" in asked else None
    page = ListPage(columns[column], direction == "desc", (number - 1) * limit, limit, asked.get("isPublic"), tag)
    return PageRequest(ListRequest(page, asked.get("userId")), number, options.get("returnCountInfo") is True)


def read_positive(options: Mapping[str, Any], name: str, default: int, most: int, *, param: str) -> int:
    value = options.get(name)
    if value is None:
        return default
    if type(value) is not int or not 1 <= value <= most:
        raise invalid(param, f"{name} must be a whole number from 1 to {most}.")
    return value


def _read_filter(expression: Any) -> dict[str, Any]:
    """Read an expression about `userId`, `isPublic` and `IN(tags, ...)`, each of them once at most."""
    kinds = {"userId": (False, str), "isPublic": (False, bool), "tags": (True, str)}
    asked: dict[str, Any] = {}
    for condition in read_conditions(expression):
        kind = (condition.is_in_list, type(condition.value))
        if kinds.get(condition.field) != kind or condition.field in asked:
            raise refuse_expression()
        asked[condition.field] = condition.value
    return asked


def _read_object(value: Any) -> Mapping[str, Any]:
    if value is not None and not isinstance(value, Mapping):
        raise invalid("options", "options, and its sort, must be objects.")
    return value or {}
