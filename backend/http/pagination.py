"""The pagination of lists of files: which page a request asks for, and the JSON of a page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.kernel.refusals import invalid
from backend.rules.files import FilePage

LIMIT = 1000  # files in one answer
SORTED_BY = {  # by age where all files of a user are alike
    "_id": "id",
    "fileName": "name",
    "size": "size",
    "mimeType": "mime_type",
    "isPublic": "is_public",
    "publicPath": "id",
    "tags": "tags",
    "uploadedAt": "uploaded_at",
    "updatedAt": "updated_at",
    "bucketId": "uploaded_at",
    "encoding": "uploaded_at",
    "userId": "uploaded_at",
}


@dataclass(frozen=True)
class PageRequest:
    """A page of a list sorted by a column. `page` counts from 1; `with_count`: answer with the count of all files."""

    column: str
    descending: bool
    page: int
    limit: int
    with_count: bool

    def to_file_page(self) -> FilePage:
        return FilePage(self.column, self.descending, (self.page - 1) * self.limit, self.limit)

    def to_json(self, files: list[dict[str, Any]], count: int) -> Any:
        """Return the list, or `{countInfo: {count, totalPages, currentPage, pageSize}, result: the list}`."""
        if not self.with_count:
            return files
        pages = -(-count // self.limit)
        info = {"count": count, "totalPages": pages, "currentPage": self.page, "pageSize": self.limit}
        return {"countInfo": info, "result": files}


def read_page_request(body: Mapping[str, Any]) -> PageRequest:
    """Read `options`: `{sort: {field, direction}, page, limit, returnCountInfo}`, all of them optional.

    Raises `validation_error`, also for an `expression` to filter by.
    """
    if body.get("expression") not in (None, ""):
        raise invalid("expression", "Filtering by an expression is not offered here.")
    options = _read_object(body.get("options"), "options")
    sort = _read_object(options.get("sort"), "options")
    column, direction = sort.get("field", "uploadedAt"), sort.get("direction", "asc")
    if not isinstance(column, str) or column not in SORTED_BY or direction not in ("asc", "desc"):
        raise invalid("options", "sort must name a field of a file and a direction, asc or desc.")
    page, limit = _read_positive(options, "page", 1, 1_000_000), _read_positive(options, "limit", LIMIT, LIMIT)
    with_count = options.get("returnCountInfo") is True
    return PageRequest(SORTED_BY[column], direction == "desc", page, limit, with_count)


def _read_object(value: Any, param: str) -> Mapping[str, Any]:
    if value is not None and not isinstance(value, Mapping):
        raise invalid(param, f"{param} must be an object.")
    return value or {}


def _read_positive(options: Mapping[str, Any], name: str, default: int, most: int) -> int:
    value = options.get(name)
    if value is None:
        return default
    if type(value) is not int or not 1 <= value <= most:
        raise invalid("options", f"{name} must be a whole number from 1 to {most}.")
    return value
