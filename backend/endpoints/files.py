"""Endpoints under /storage: one's own files."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.http import pagination
from backend.http.file_answers import answer_file
from backend.http.json_uploads import sent_object
from backend.http.requests import BackendRequest, json_body, query, services_of, signed_in
from backend.http.shapes import Json, done, file_json
from backend.http.upload_options import Options, file_name, options_of
from backend.http.uploads import Part, file_part
from backend.kernel import fields
from backend.kernel.file_addresses import file_id_in, file_path
from backend.kernel.keys import new_id
from backend.kernel.refusals import refusal
from backend.rules.buckets import find_bucket, is_root, look_up_bucket, make_bucket, read_bucket_name
from backend.rules.context import Services
from backend.rules.quota import check_room
from backend.rules.sessions import SignedIn
from backend.store import Queries
from backend.store.records import Bucket, File


async def upload_formdata(request: BackendRequest) -> Response:
    """Under the file's own type: the client says text/plain for all of them."""
    me, options = await _uploading(request)
    async with file_part(request) as part:
        return await _kept(request, me, file_name(query(request, "fileName") or part.name), part, options)


async def upload_object(request: BackendRequest) -> Response:
    me, options = await _uploading(request)
    name = file_name(query(request, "fileName"))
    return await _kept(request, me, name, await sent_object(request, options.content_type), options)


async def list_files(request: BackendRequest) -> Response:
    """One's own, where Altogic lists the whole bucket: whose files there are is nobody else's business."""
    me, body = await signed_in(request), await json_body(request)
    services, wanted = services_of(request), pagination.page_in(body)

    def work(queries: Queries) -> tuple[list[File], int]:
        bucket = find_bucket(queries, services, me.user.id, body.get("bucket"))
        files = queries.files.list_page(
            me.user.id, bucket, wanted.column, descending=wanted.falling, offset=wanted.start, limit=wanted.limit
        )
        return files, queries.files.measure_bucket(me.user.id, bucket).count

    files, count = await services.store.read(work)
    return Json(wanted.answer([_shown(request, file) for file in files], count))


async def get(request: BackendRequest) -> Response:
    return Json(_shown(request, await _own_file(request)))


async def exists(request: BackendRequest) -> Response:
    me, body = await signed_in(request), await json_body(request)
    services = services_of(request)
    file = await services.store.read(lambda queries: _look_up(queries, services, me, body))
    return Json(file is not None)


async def download(request: BackendRequest) -> Response:
    """The bytes, of a private file too."""
    file = await _own_file(request)
    headers = {
        "Content-Disposition": f"attachment; filename*=utf-8''{quote(file.name, safe='')}",
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return answer_file(request, file, headers)


async def make_public(request: BackendRequest) -> Response:
    return await _changed(request, lambda *_: {"is_public": True})


async def make_private(request: BackendRequest) -> Response:
    """Caches that have seen it may keep it: it was public."""
    return await _changed(request, lambda *_: {"is_public": False})


async def rename(request: BackendRequest) -> Response:
    def renamed(queries: Queries, file: File, body: dict[str, Any]) -> dict[str, Any]:
        name = file_name(body.get("newName"), "newName")
        return {"name": name if name == file.name else _free_name(queries, name)}

    return await _changed(request, renamed)


async def delete(request: BackendRequest) -> Response:
    file = await _own_file(request)
    await services_of(request).store.write(lambda queries: queries.files.delete(file.id))
    return done()


async def delete_file(request: BackendRequest) -> Response:
    """By the file's public address, of which only the path counts."""
    me, body = await signed_in(request), await json_body(request)
    url = fields.text(body.get("fileUrl"), "fileUrl", 2048)
    file = await services_of(request).store.read(
        lambda queries: queries.files.find_for_user(me.user.id, file_id_in(url))
    )
    if file is None:
        raise refusal("file_not_found", param="fileUrl")
    await services_of(request).store.write(lambda queries: queries.files.delete(file.id))
    return done()


ROUTES: list[BaseRoute] = [
    Route("/bucket/upload-formdata", upload_formdata, methods=["POST"]),
    Route("/bucket/upload-object", upload_object, methods=["POST"]),
    Route("/bucket/list-files", list_files, methods=["POST"]),
    Route("/bucket/file/get", get, methods=["POST"]),
    Route("/bucket/file/exists", exists, methods=["POST"]),
    Route("/bucket/file/download", download, methods=["POST"]),
    Route("/bucket/file/make-public", make_public, methods=["POST"]),
    Route("/bucket/file/make-private", make_private, methods=["POST"]),
    Route("/bucket/file/rename", rename, methods=["POST"]),
    Route("/bucket/file/delete", delete, methods=["POST"]),
    Route("/delete-file", delete_file, methods=["POST"]),
]


async def _uploading(request: BackendRequest) -> tuple[SignedIn, Options]:
    """What a file is uploaded with. A bucket that is not there is refused before the file has come."""
    me, options = await signed_in(request), options_of(request)
    services, which = services_of(request), query(request, "bucket")

    def work(queries: Queries) -> None:
        if not _has_to_be_made(queries, services, me, which, options):
            find_bucket(queries, services, me.user.id, which)

    await services.store.read(work)
    return me, options


async def _kept(request: BackendRequest, me: SignedIn, name: str, part: Part, options: Options) -> Response:
    services, now = services_of(request), services_of(request).clock()

    def work(queries: Queries) -> File:
        bucket = _find_or_make(queries, services, me, query(request, "bucket"), options)
        is_public = bucket is None or bucket.is_public
        check_room(queries, services, me.user.id, "file", part.size)
        file = File(
            id=new_id(),
            user_id=me.user.id,
            name=_free_name(queries, name),
            size=part.size,
            mime_type=part.mime_type,
            is_public=is_public if options.is_public is None else options.is_public,
            tags=json.dumps(options.tags),
            uploaded_at=now,
            updated_at=now,
            bucket_id=bucket.id if bucket else None,
        )
        queries.files.insert(file, part.content)
        return file

    return Json(_shown(request, await services.store.write(work)))


def _find_or_make(queries: Queries, services: Services, me: SignedIn, which: str, options: Options) -> Bucket | None:
    """One that is made by the way is public, as Altogic makes buckets."""
    if _has_to_be_made(queries, services, me, which, options):
        return make_bucket(queries, services, me.user.id, which, is_public=True, tags=[])
    return find_bucket(queries, services, me.user.id, which)


def _has_to_be_made(queries: Queries, services: Services, me: SignedIn, which: str, options: Options) -> bool:
    """Raises `validation_error` for a name that a new bucket cannot have."""
    if not options.creates_bucket or is_root(services, which) or look_up_bucket(queries, me.user.id, which):
        return False
    read_bucket_name(which, "bucket")
    return True


def _free_name(queries: Queries, name: str) -> str:
    """A name that is taken gets something random before its suffix."""
    if not queries.files.is_name_taken(name):
        return name
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}_{new_id()}.{suffix}" if dot and stem else f"{name}_{new_id()}"


async def _changed(
    request: BackendRequest, change: Callable[[Queries, File, dict[str, Any]], dict[str, Any]]
) -> Response:
    """One's own file with other values, as it is afterwards."""
    me, body = await signed_in(request), await json_body(request)
    services, now = services_of(request), services_of(request).clock()

    def work(queries: Queries) -> File:
        file = _find(queries, services, me, body)
        return queries.files.update(file, **change(queries, file, body), updated_at=now)

    return Json(_shown(request, await services.store.write(work)))


async def _own_file(request: BackendRequest) -> File:
    me, body = await signed_in(request), await json_body(request)
    services = services_of(request)
    return await services.store.read(lambda queries: _find(queries, services, me, body))


def _find(queries: Queries, services: Services, me: SignedIn, body: dict[str, Any]) -> File:
    """Somebody else's file is answered like one that does not exist."""
    file = _look_up(queries, services, me, body)
    if file is None:
        raise refusal("file_not_found", param="file")
    return file


def _look_up(queries: Queries, services: Services, me: SignedIn, body: dict[str, Any]) -> File | None:
    """Find the caller's own file that the body names. Raises `bucket_not_found`."""
    bucket = find_bucket(queries, services, me.user.id, body.get("bucket"))
    return queries.files.find_in_bucket(me.user.id, bucket, fields.text(body.get("file"), "file"))


def _shown(request: BackendRequest, file: File) -> dict[str, Any]:
    """The bucket `root` has the id of the environment."""
    services = services_of(request)
    environment = services.store.environment_id
    bucket = file.bucket_id or environment
    return file_json(file, f"{services.settings.public_url}{file_path(environment, bucket, file.id)}", bucket)
