"""Endpoints under /storage: one's own files in the bucket `root`."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend import fields, listing
from backend.accounts.sessions import SignedIn
from backend.contract import Json, done, file_json
from backend.file_addresses import file_id_in, file_path
from backend.file_answers import answer_file
from backend.keys import new_id
from backend.object_uploads import sent_object
from backend.refusals import refusal
from backend.requests import BackendRequest, json_body, query, services_of, signed_in
from backend.services import Services
from backend.store import Queries
from backend.store.records import File
from backend.upload_options import Options, file_name, options_of
from backend.uploads import Part, file_part

RECORD = 1024  # bytes that each file counts beside its own, so that empty ones are not endless


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
    _check_bucket(request, body.get("bucket"))
    wanted = listing.page_in(body)
    files, count = await services_of(request).store.read(
        lambda queries: (
            queries.files.page(me.user.id, wanted.column, wanted.falling, wanted.start, wanted.limit),
            queries.files.usage(me.user.id).count,
        )
    )
    return Json(wanted.answer([_shown(request, file) for file in files], count))


async def get(request: BackendRequest) -> Response:
    return Json(_shown(request, await _own_file(request)))


async def exists(request: BackendRequest) -> Response:
    me, which, _ = await _asked_for(request)
    file = await services_of(request).store.read(lambda queries: queries.files.of_user(me.user.id, which))
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
    await services_of(request).store.write(lambda queries: queries.files.remove(file.id))
    return done()


async def delete_file(request: BackendRequest) -> Response:
    """By the file's public address, of which only the path counts."""
    me, body = await signed_in(request), await json_body(request)
    url = fields.text(body.get("fileUrl"), "fileUrl", 2048)
    file = await services_of(request).store.read(lambda queries: queries.files.of_user(me.user.id, file_id_in(url)))
    if file is None:
        raise refusal("file_not_found", param="fileUrl")
    await services_of(request).store.write(lambda queries: queries.files.remove(file.id))
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
    me = await signed_in(request)
    _check_bucket(request, query(request, "bucket"))
    return me, options_of(request)


async def _kept(request: BackendRequest, me: SignedIn, name: str, part: Part, options: Options) -> Response:
    services, now = services_of(request), services_of(request).clock()

    def work(queries: Queries) -> File:
        _check_room(services, queries, me, part.size)
        file = File(
            id=new_id(),
            user_id=me.user.id,
            name=_free_name(queries, name),
            size=part.size,
            mime_type=part.mime_type,
            is_public=options.is_public,
            tags=json.dumps(options.tags),
            uploaded_at=now,
            updated_at=now,
        )
        queries.files.add(file, part.content)
        return file

    return Json(_shown(request, await services.store.write(work)))


def _check_room(services: Services, queries: Queries, me: SignedIn, size: int) -> None:
    used = queries.files.usage(me.user.id)
    if used.bytes + used.count * RECORD + size + RECORD > services.settings.storage_quota:
        words = "There is no room left for this file. Delete others first."
        raise refusal("request_body_size_too_large", param="file", message=words)


def _free_name(queries: Queries, name: str) -> str:
    """A name that is taken gets something random before its suffix."""
    if not queries.files.name_taken(name):
        return name
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}_{new_id()}.{suffix}" if dot and stem else f"{name}_{new_id()}"


async def _changed(
    request: BackendRequest, change: Callable[[Queries, File, dict[str, Any]], dict[str, Any]]
) -> Response:
    """One's own file with other values, as it is afterwards."""
    me, which, body = await _asked_for(request)
    now = services_of(request).clock()

    def work(queries: Queries) -> File:
        file = queries.files.of_user(me.user.id, which)
        if file is None:
            raise refusal("file_not_found", param="file")
        return queries.files.changed(file, **change(queries, file, body), updated_at=now)

    return Json(_shown(request, await services_of(request).store.write(work)))


async def _own_file(request: BackendRequest) -> File:
    """Somebody else's file is answered like one that does not exist."""
    me, which, _ = await _asked_for(request)
    file = await services_of(request).store.read(lambda queries: queries.files.of_user(me.user.id, which))
    if file is None:
        raise refusal("file_not_found", param="file")
    return file


async def _asked_for(request: BackendRequest) -> tuple[SignedIn, str, dict[str, Any]]:
    me, body = await signed_in(request), await json_body(request)
    _check_bucket(request, body.get("bucket"))
    return me, fields.text(body.get("file"), "file"), body


def _check_bucket(request: BackendRequest, name_or_id: Any) -> None:
    if name_or_id not in ("root", services_of(request).store.environment_id):  # no set: it may be any JSON
        raise refusal("bucket_not_found", param="bucket")


def _shown(request: BackendRequest, file: File) -> dict[str, Any]:
    services = services_of(request)
    bucket = services.store.environment_id
    return file_json(file, f"{services.settings.public_url}{file_path(bucket, file.id)}", bucket)
