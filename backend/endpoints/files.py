"""Endpoints under /storage: one's own files. A file is named by `{bucket, file}`, each a name or an id."""

from dataclasses import replace
from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json, done
from backend.http.file_answers import answer_file
from backend.http.file_requests import make_bucket_ref, make_description, make_ref, read_ref, show_file
from backend.http.json_uploads import read_object
from backend.http.pagination import FILE_COLUMNS, read_page_request
from backend.http.requests import BackendRequest, authenticate, get_services, read_json, read_query
from backend.http.upload_options import read_options
from backend.http.uploads import open_file_part
from backend.kernel import fields
from backend.rules import file_changes, files, uploads
from backend.rules.uploads import Upload, UploadOptions


async def upload_formdata(request: BackendRequest) -> Response:
    """Store the file of a multipart body, under its own type: the client says text/plain for all of them."""
    options = await _check_upload(request)
    async with open_file_part(request) as upload:
        name = fields.file_name(read_query(request, "fileName") or upload.name)
        return await _store(request, replace(upload, name=name), options)


async def upload_object(request: BackendRequest) -> Response:
    """Store what the client made JSON of."""
    options = await _check_upload(request)
    name = fields.file_name(read_query(request, "fileName"))
    upload = await read_object(request, options.content_type)
    return await _store(request, replace(upload, name=name), options)


async def list_files(request: BackendRequest) -> Response:
    """List one page of one's own files, where Altogic lists all of a bucket: others' files are nobody's business."""
    me, body = await authenticate(request), await read_json(request)
    asked = read_page_request(body, FILE_COLUMNS)
    found, count = await files.load_files(get_services(request), make_bucket_ref(me, body), asked.request)
    return Json(asked.to_json([show_file(request, file) for file in found], count))


async def search_files(request: BackendRequest) -> Response:
    """List one page of one's own files in all buckets: `{expression, options?}`."""
    me, body = await authenticate(request), await read_json(request)
    asked = read_page_request(body, FILE_COLUMNS)
    found, count = await files.search_files(get_services(request), me.user.id, asked.request)
    return Json(asked.to_json([show_file(request, file) for file in found], count))


async def get(request: BackendRequest) -> Response:
    return Json(show_file(request, await files.get_file(get_services(request), await read_ref(request))))


async def exists(request: BackendRequest) -> Response:
    return Json(await files.find_file(get_services(request), await read_ref(request)) is not None)


async def download(request: BackendRequest) -> Response:
    """Send the bytes of a file, of a private one too."""
    file = await files.get_file(get_services(request), await read_ref(request))
    headers = {
        "Content-Disposition": f"attachment; filename*=utf-8''{quote(file.name, safe='')}",
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return answer_file(request, file, headers)


async def make_public(request: BackendRequest) -> Response:
    ref = await read_ref(request)
    return Json(show_file(request, await file_changes.set_file_visibility(get_services(request), ref, is_public=True)))


async def make_private(request: BackendRequest) -> Response:
    ref = await read_ref(request)
    return Json(show_file(request, await file_changes.set_file_visibility(get_services(request), ref, is_public=False)))


async def rename(request: BackendRequest) -> Response:
    """Rename a file: `{bucket, file, newName}`."""
    me, body = await authenticate(request), await read_json(request)
    file = await file_changes.rename_file(get_services(request), make_ref(me, body), body.get("newName"))
    return Json(show_file(request, file))


async def add_tags(request: BackendRequest) -> Response:
    """Add tags to a file: `{bucket, file, tags}`, a tag or a list."""
    me, body = await authenticate(request), await read_json(request)
    file = await file_changes.add_file_tags(get_services(request), make_ref(me, body), body.get("tags"))
    return Json(show_file(request, file))


async def remove_tags(request: BackendRequest) -> Response:
    """Take tags from a file: `{bucket, file, tags}`, a tag or a list."""
    me, body = await authenticate(request), await read_json(request)
    file = await file_changes.remove_file_tags(get_services(request), make_ref(me, body), body.get("tags"))
    return Json(show_file(request, file))


async def update(request: BackendRequest) -> Response:
    """Set what is said of a file: `{bucket, file, newName?, isPublic?, tags?}`."""
    me, body = await authenticate(request), await read_json(request)
    file = await file_changes.update_file(get_services(request), make_ref(me, body), make_description(body))
    return Json(show_file(request, file))


async def delete(request: BackendRequest) -> Response:
    await files.delete_file(get_services(request), await read_ref(request))
    return done()


async def delete_by_url(request: BackendRequest) -> Response:
    """Delete a file by its public address: `{fileUrl}`, of which only the path counts."""
    me, body = await authenticate(request), await read_json(request)
    await files.delete_file_at(get_services(request), me.user.id, body.get("fileUrl"))
    return done()


ROUTES: list[Route] = [
    Route("/storage/bucket/upload-formdata", upload_formdata, methods=["POST"]),
    Route("/storage/bucket/upload-object", upload_object, methods=["POST"]),
    Route("/storage/bucket/list-files", list_files, methods=["POST"]),
    Route("/storage/search-files", search_files, methods=["POST"]),
    Route("/storage/bucket/file/get", get, methods=["POST"]),
    Route("/storage/bucket/file/exists", exists, methods=["POST"]),
    Route("/storage/bucket/file/download", download, methods=["POST"]),
    Route("/storage/bucket/file/make-public", make_public, methods=["POST"]),
    Route("/storage/bucket/file/make-private", make_private, methods=["POST"]),
    Route("/storage/bucket/file/rename", rename, methods=["POST"]),
    Route("/storage/bucket/file/add-tags", add_tags, methods=["POST"]),
    Route("/storage/bucket/file/remove-tags", remove_tags, methods=["POST"]),
    Route("/storage/bucket/file/update", update, methods=["POST"]),
    Route("/storage/bucket/file/delete", delete, methods=["POST"]),
    Route("/storage/delete-file", delete_by_url, methods=["POST"]),
]


async def _check_upload(request: BackendRequest) -> UploadOptions:
    """Authenticate the user and refuse a bucket that does not exist, before the content has come."""
    options = read_options(request, await authenticate(request))
    await uploads.check_upload(get_services(request), options)
    return options


async def _store(request: BackendRequest, upload: Upload, options: UploadOptions) -> Response:
    file = await uploads.store_upload(get_services(request), upload, options)
    return Json(show_file(request, file))
