"""What a client says about a file beside its bytes: a name, options, tags."""

import json
from dataclasses import dataclass
from typing import Any

from backend.http.requests import BackendRequest, query
from backend.kernel import fields
from backend.kernel.refusals import invalid

NAME_LIMIT = 200
TAG_LIMIT, TAGS_LIMIT = 60, 20


@dataclass(frozen=True)
class Options:
    """`is_public` None: as is the bucket's way. `creates_bucket`: where there is none of that name."""

    is_public: bool | None
    tags: list[str]
    content_type: str
    creates_bucket: bool


def file_name(given: Any, param: str = "fileName") -> str:
    name = given.strip() if isinstance(given, str) else ""
    if not name or len(name) > NAME_LIMIT or not name.isprintable():
        raise invalid(param, f"The name of a file must be 1 to {NAME_LIMIT} characters long, on one line.")
    return name


def options_of(request: BackendRequest) -> Options:
    try:
        given = json.loads(query(request, "options") or "{}")
    except (ValueError, RecursionError) as error:
        raise invalid("options", "options must be a JSON object.") from error
    if not isinstance(given, dict):
        raise invalid("options", "options must be a JSON object.")
    content_type, is_public = given.get("contentType"), given.get("isPublic")
    return Options(
        is_public=is_public if isinstance(is_public, bool) else None,
        tags=read_tags(given.get("tags"), "options"),
        content_type=content_type if isinstance(content_type, str) else "",
        creates_bucket=given.get("createBucket") is True,
    )


def read_tags(given: Any, param: str) -> list[str]:
    tags = [] if given is None else given
    if not isinstance(tags, list) or len(tags) > TAGS_LIMIT:
        raise invalid(param, f"tags must be a list of at most {TAGS_LIMIT} texts.")
    return [_read_tag(tag, param) for tag in tags]


def _read_tag(tag: Any, param: str) -> str:
    text = fields.text(tag, param, TAG_LIMIT)
    if not text.isprintable():
        raise invalid(param, "A tag must be on one line.")
    return text
