"""What a client says about an upload beside its bytes: the query parameters `bucket` and `options`, and tags."""

import json
from typing import Any

from backend.http.requests import BackendRequest, read_query
from backend.kernel import fields
from backend.kernel.refusals import invalid
from backend.rules.uploads import UploadOptions

TAG_LIMIT, TAGS_LIMIT = 60, 20


def read_options(request: BackendRequest) -> UploadOptions:
    """Read `bucket`, and `options`: the JSON of `{contentType, isPublic, tags, createBucket}`, all of them optional.

    Raises `validation_error`.
    """
    try:
        given = json.loads(read_query(request, "options") or "{}")
    except (ValueError, RecursionError) as error:
        raise invalid("options", "options must be a JSON object.") from error
    if not isinstance(given, dict):
        raise invalid("options", "options must be a JSON object.")
    content_type, is_public = given.get("contentType"), given.get("isPublic")
    return UploadOptions(
        is_public=is_public if isinstance(is_public, bool) else None,
        tags=read_tags(given.get("tags"), "options"),
        content_type=content_type if isinstance(content_type, str) else "",
        creates_bucket=given.get("createBucket") is True,
        bucket=read_query(request, "bucket"),
    )


def read_tags(given: Any, param: str) -> list[str]:
    """Read a list of tags, or none. Raises `validation_error`."""
    tags = [] if given is None else given
    if not isinstance(tags, list) or len(tags) > TAGS_LIMIT:
        raise invalid(param, f"tags must be a list of at most {TAGS_LIMIT} texts.")
    return [_read_tag(tag, param) for tag in tags]


def _read_tag(tag: Any, param: str) -> str:
    text = fields.text(tag, param, TAG_LIMIT)
    if not text.isprintable():
        raise invalid(param, "A tag must be on one line.")
    return text
