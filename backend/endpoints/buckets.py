"""Endpoints under /storage: one's own buckets."""

from collections.abc import Callable
from typing import Any, TypeVar

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.http.requests import BackendRequest, json_body, services_of, signed_in
from backend.http.shapes import Json, bucket_json, done, root_json, usage_json
from backend.http.upload_options import read_tags
from backend.kernel import fields
from backend.kernel.refusals import invalid
from backend.rules import buckets
from backend.store import Queries
from backend.store.records import Bucket

FILES_AT_ONCE = 1000

T = TypeVar("T")
Body = dict[str, Any]


async def create(request: BackendRequest) -> Response:
    me, body = await signed_in(request), await json_body(request)
    services, name = services_of(request), buckets.read_bucket_name(body.get("name"), "name")
    is_public, tags = body.get("isPublic") is not False, read_tags(body.get("tags"), "tags")

    def work(queries: Queries) -> Bucket:
        buckets.check_is_free(queries, me.user.id, name, "name")
        return buckets.make_bucket(queries, services, me.user.id, name, is_public=is_public, tags=tags)

    return Json(bucket_json(await services.store.write(work)))


async def exists(request: BackendRequest) -> Response:
    """Whatever is no name of a bucket is no bucket either, and no error."""
    me, body = await signed_in(request), await json_body(request)
    services, which = services_of(request), body.get("bucket")
    found = await services.store.read(lambda queries: buckets.look_up_bucket(queries, me.user.id, which))
    return Json(buckets.is_root(services, which) or found is not None)


async def get(request: BackendRequest) -> Response:
    me, body = await signed_in(request), await json_body(request)
    services = services_of(request)

    def work(queries: Queries) -> dict[str, Any]:
        bucket = buckets.find_bucket(queries, services, me.user.id, body.get("bucket"))
        told = bucket_json(bucket) if bucket else root_json(services.store.environment_id)
        return {**told, **usage_json(queries.files.measure_bucket(me.user.id, bucket))} if is_detailed else told

    is_detailed = body.get("detailed") is True
    return Json(await services.store.read(work))


async def delete_files(request: BackendRequest) -> Response:
    """One's own; unknown names are no error."""
    me, body = await signed_in(request), await json_body(request)
    services, names = services_of(request), _read_names(body.get("fileNamesOrIds"))

    def work(queries: Queries) -> None:
        bucket = buckets.find_bucket(queries, services, me.user.id, body.get("bucket"))
        queries.files.delete_named(me.user.id, bucket, names)

    await services.store.write(work)
    return done()


async def empty(request: BackendRequest) -> Response:
    await _write(request, lambda queries, bucket, _: queries.files.delete_bucket_files(bucket.user_id, bucket))
    return done()


async def delete(request: BackendRequest) -> Response:
    await _write(request, lambda queries, bucket, _: queries.buckets.delete(bucket))
    return done()


async def rename(request: BackendRequest) -> Response:
    now = services_of(request).clock()

    def work(queries: Queries, bucket: Bucket, body: Body) -> Bucket:
        name = buckets.read_bucket_name(body.get("newName"), "newName")
        if name != bucket.name:
            buckets.check_is_free(queries, bucket.user_id, name, "newName")
        return queries.buckets.update(bucket, name=name, updated_at=now)

    return Json(bucket_json(await _write(request, work)))


async def make_public(request: BackendRequest) -> Response:
    return await _open_or_close(request, is_public=True)


async def make_private(request: BackendRequest) -> Response:
    return await _open_or_close(request, is_public=False)


ROUTES: list[BaseRoute] = [
    Route("/create-bucket", create, methods=["POST"]),
    Route("/bucket/exists", exists, methods=["POST"]),
    Route("/bucket/get", get, methods=["POST"]),
    Route("/bucket/delete-files", delete_files, methods=["POST"]),
    Route("/bucket/empty", empty, methods=["POST"]),
    Route("/bucket/delete", delete, methods=["POST"]),
    Route("/bucket/rename", rename, methods=["POST"]),
    Route("/bucket/make-public", make_public, methods=["POST"]),
    Route("/bucket/make-private", make_private, methods=["POST"]),
]


async def _open_or_close(request: BackendRequest, *, is_public: bool) -> Response:
    """What files are to become by default, and with `includeFiles` what those in it are from now on."""
    now = services_of(request).clock()

    def work(queries: Queries, bucket: Bucket, body: Body) -> Bucket:
        if body.get("includeFiles") is True:
            queries.files.set_visibility(bucket.user_id, bucket, is_public=is_public, now=now)
        return queries.buckets.update(bucket, is_public=is_public, updated_at=now)

    return Json(bucket_json(await _write(request, work)))


async def _write(request: BackendRequest, change: Callable[[Queries, Bucket, Body], T]) -> T:
    """Change one's own bucket that the body names."""
    me, body = await signed_in(request), await json_body(request)
    services = services_of(request)

    def work(queries: Queries) -> T:
        return change(queries, buckets.find_own_bucket(queries, services, me.user.id, body.get("bucket")), body)

    return await services.store.write(work)


def _read_names(given: Any) -> list[str]:
    if not isinstance(given, list) or len(given) > FILES_AT_ONCE:
        raise invalid("fileNamesOrIds", f"fileNamesOrIds must be a list of at most {FILES_AT_ONCE} texts.")
    return [fields.text(name, "fileNamesOrIds") for name in given]
