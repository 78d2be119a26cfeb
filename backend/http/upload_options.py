"""What a client says about an upload beside its bytes: the query parameters `bucket` and `options`."""

import json

from backend.http.requests import BackendRequest, read_query
from backend.kernel.refusals import invalid
from backend.kernel.tags import read_tags
from backend.rules.buckets import BucketRef
from backend.rules.sessions import SignedIn
from backend.rules.uploads import UploadOptions


def read_options(request: BackendRequest, me: SignedIn) -> UploadOptions:
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
        bucket=BucketRef(me.user.id, read_query(request, "bucket")),
    )
