"""Which part of a list of files is asked for, and the shape it is answered in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from backend.kernel.refusals import invalid

LIMIT = 1000  # files in one answer
SORTED_BY = {  # where all of one's files are alike, their age decides
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
class Page:
    """`number` counts from 1."""

    column: str
    falling: bool
    number: int
    limit: int
    counted: bool

    @property
    def start(self) -> int:
        return (self.number - 1) * self.limit

    def answer(self, files: list[dict[str, Any]], count: int) -> Any:
        if not self.counted:
            return files
        pages = -(-count // self.limit)
        info = {"count": count, "totalPages": pages, "currentPage": self.number, "pageSize": self.limit}
        return {"countInfo": info, "result": files}


def page_in(body: Mapping[str, Any]) -> Page:
    """Raises `validation_error`."""
    if body.get("expression") not in (None, ""):
        raise invalid("expression", "Filtering by an expression is not offered here.")
    options = _object(body.get("options"), "options")
    sort = _object(options.get("sort"), "options")
    column, direction = sort.get("field", "uploadedAt"), sort.get("direction", "asc")
    if not isinstance(column, str) or column not in SORTED_BY or direction not in ("asc", "desc"):
        raise invalid("options", "sort must name a field of a file and a direction, asc or desc.")
    number, limit = _positive(options, "page", 1, 1_000_000), _positive(options, "limit", LIMIT, LIMIT)
    return Page(SORTED_BY[column], direction == "desc", number, limit, options.get("returnCountInfo") is True)


def _object(value: Any, param: str) -> Mapping[str, Any]:
    if value is not None and not isinstance(value, Mapping):
        raise invalid(param, f"{param} must be an object.")
    return value or {}


def _positive(options: Mapping[str, Any], name: str, default: int, most: int) -> int:
    value = options.get(name)
    if value is None:
        return default
    if type(value) is not int or not 1 <= value <= most:
        raise invalid("options", f"{name} must be a whole number from 1 to {most}.")
    return value
