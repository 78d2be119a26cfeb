"""Endpoints under /storage: one's own buckets."""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json, done
from backend.http.file_requests import make_bucket_ref, make_description, read_bucket_ref
from backend.http.file_shapes import bucket_to_json, root_bucket_to_json, usage_to_json
from backend.http.pagination import BUCKET_COLUMNS, read_page_request
from backend.http.requests import BackendRequest, authenticate, get_services, read_json
from backend.kernel import fields
from backend.kernel.refusals import invalid
from backend.kernel.tags import read_tags
from backend.rules import bucket_changes, buckets
from backend.rules.bucket_changes import Visibility
from backend.rules.buckets import NewBucket

FILES_AT_ONCE = 1000


async def create(request: BackendRequest) -> Response:
    """Make a bucket: `{name, isPublic?, tags?}`."""
    me, body = await authenticate(request), await read_json(request)
    name = buckets.read_bucket_name(body.get("name"), "name")
    is_public, tags = body.get("isPublic") is not False, read_tags(body.get("tags"), "tags")
    new = NewBucket(me.user.id, name, is_public, tags)
    return Json(bucket_to_json(await buckets.create_bucket(get_services(request), new)))


async def exists(request: BackendRequest) -> Response:
    """Tell whether there is a bucket: `{bucket}`. Answers true or false."""
    return Json(await buckets.has_bucket(get_services(request), await read_bucket_ref(request)))


async def get(request: BackendRequest) -> Response:
    """Describe a bucket: `{bucket, detailed?}`; `detailed` adds how many files are in it and their sizes."""
    me, body = await authenticate(request), await read_json(request)
    services = get_services(request)
    bucket, usage = await buckets.measure_bucket(services, make_bucket_ref(me, body))
    shape = bucket_to_json(bucket) if bucket else root_bucket_to_json(services.store.environment_id)
    return Json({**shape, **usage_to_json(usage)} if body.get("detailed") is True else shape)


async def list_buckets(request: BackendRequest) -> Response:
    """List one page of one's own buckets: `{expression?, options?}`. `root`, which everybody has, is not among them."""
    me, body = await authenticate(request), await read_json(request)
    asked = read_page_request(body, BUCKET_COLUMNS)
    found, count = await buckets.load_buckets(get_services(request), me.user.id, asked.request)
    return Json(asked.to_json([bucket_to_json(bucket) for bucket in found], count))


async def get_stats(request: BackendRequest) -> Response:
    """Tell how many buckets and files one has, and how large those are."""
    me = await authenticate(request)
    count, usage = await buckets.measure_buckets(get_services(request), me.user.id)
    return Json({**usage_to_json(usage), "bucketsCount": count})


async def delete_files(request: BackendRequest) -> Response:
    """Delete files of a bucket: `{bucket, fileNamesOrIds}`; unknown ones are no error."""
    me, body = await authenticate(request), await read_json(request)
    names = _read_names(body.get("fileNamesOrIds"))
    await buckets.delete_files(get_services(request), make_bucket_ref(me, body), names)
    return done()


async def empty(request: BackendRequest) -> Response:
    """Delete all files of a bucket: `{bucket}`."""
    await buckets.empty_bucket(get_services(request), await read_bucket_ref(request))
    return done()


async def delete(request: BackendRequest) -> Response:
    """Delete a bucket with its files: `{bucket}`."""
    await buckets.delete_bucket(get_services(request), await read_bucket_ref(request))
    return done()


async def rename(request: BackendRequest) -> Response:
    """Rename a bucket: `{bucket, newName}`."""
    me, body = await authenticate(request), await read_json(request)
    ref = make_bucket_ref(me, body)
    bucket = await bucket_changes.rename_bucket(get_services(request), ref, body.get("newName"))
    return Json(bucket_to_json(bucket))


async def make_public(request: BackendRequest) -> Response:
    return await _set_visibility(request, is_public=True)


async def make_private(request: BackendRequest) -> Response:
    return await _set_visibility(request, is_public=False)


async def add_tags(request: BackendRequest) -> Response:
    """Add tags to a bucket: `{bucket, tags}`, a tag or a list."""
    me, body = await authenticate(request), await read_json(request)
    ref = make_bucket_ref(me, body)
    bucket = await bucket_changes.add_bucket_tags(get_services(request), ref, body.get("tags"))
    return Json(bucket_to_json(bucket))


async def remove_tags(request: BackendRequest) -> Response:
    """Take tags from a bucket: `{bucket, tags}`, a tag or a list."""
    me, body = await authenticate(request), await read_json(request)
    ref = make_bucket_ref(me, body)
    bucket = await bucket_changes.remove_bucket_tags(get_services(request), ref, body.get("tags"))
    return Json(bucket_to_json(bucket))


async def update(request: BackendRequest) -> Response:
    """Set what a bucket is: `{bucket, newName?, isPublic?, tags?, includeFiles?}`."""
    me, body = await authenticate(request), await read_json(request)
    ref, includes_files = make_bucket_ref(me, body), body.get("includeFiles") is True
    bucket = await bucket_changes.update_bucket(
        get_services(request), ref, make_description(body), includes_files=includes_files
    )
    return Json(bucket_to_json(bucket))


ROUTES: list[Route] = [
    Route("/storage/list-buckets", list_buckets, methods=["POST"]),
    Route("/storage/stats", get_stats, methods=["GET"]),
    Route("/storage/create-bucket", create, methods=["POST"]),
    Route("/storage/bucket/exists", exists, methods=["POST"]),
    Route("/storage/bucket/get", get, methods=["POST"]),
    Route("/storage/bucket/delete-files", delete_files, methods=["POST"]),
    Route("/storage/bucket/empty", empty, methods=["POST"]),
    Route("/storage/bucket/delete", delete, methods=["POST"]),
    Route("/storage/bucket/rename", rename, methods=["POST"]),
    Route("/storage/bucket/make-public", make_public, methods=["POST"]),
    Route("/storage/bucket/make-private", make_private, methods=["POST"]),
    Route("/storage/bucket/add-tags", add_tags, methods=["POST"]),
    Route("/storage/bucket/remove-tags", remove_tags, methods=["POST"]),
    Route("/storage/bucket/update", update, methods=["POST"]),
]


async def _set_visibility(request: BackendRequest, *, is_public: bool) -> Response:
    """Make a bucket public or private: `{bucket, includeFiles?}`."""
    me, body = await authenticate(request), await read_json(request)
    visibility = Visibility(is_public, body.get("includeFiles") is True)
    bucket = await bucket_changes.set_bucket_visibility(get_services(request), make_bucket_ref(me, body), visibility)
    return Json(bucket_to_json(bucket))


def _read_names(given: Any) -> list[str]:
    if not isinstance(given, list) or len(given) > FILES_AT_ONCE:
        raise invalid("fileNamesOrIds", f"fileNamesOrIds must be a list of at most {FILES_AT_ONCE} texts.")
    return [fields.text(name, "fileNamesOrIds") for name in given]
