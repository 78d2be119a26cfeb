"""Endpoints under /storage: one's own files. A file is named by `{bucket, file}`, each a name or an id."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import Route

from backend.http import pagination
from backend.http.envelope import Json, done
from backend.http.file_answers import answer_file
from backend.http.json_uploads import read_object
from backend.http.requests import BackendRequest, authenticate, get_services, read_json, read_query
from backend.http.shapes import file_to_json
from backend.http.upload_options import read_options
from backend.http.uploads import open_file_part
from backend.kernel import fields
from backend.kernel.file_addresses import make_file_path
from backend.rules import files, uploads
from backend.rules.files import FileRef
from backend.rules.sessions import SignedIn
from backend.rules.uploads import Upload, UploadOptions
from backend.store.records import File


async def upload_formdata(request: BackendRequest) -> Response:
    """Store the file of a multipart body, under its own type: the client says text/plain for all of them."""
    me, options = await _check_upload(request)
    async with open_file_part(request) as upload:
        name = fields.file_name(read_query(request, "fileName") or upload.name)
        return await _store(request, me, name, upload, options)


async def upload_object(request: BackendRequest) -> Response:
    """Store what the client made JSON of."""
    me, options = await _check_upload(request)
    name = fields.file_name(read_query(request, "fileName"))
    return await _store(request, me, name, await read_object(request, options.content_type), options)


async def list_files(request: BackendRequest) -> Response:
    """List one page of one's own files, where Altogic lists all of a bucket: others' files are nobody's business."""
    me, body = await authenticate(request), await read_json(request)
    wanted = pagination.read_page_request(body)
    found, count = await files.load_files(get_services(request), me.user.id, body.get("bucket"), wanted.to_file_page())
    return Json(wanted.to_json([_to_json(request, file) for file in found], count))


async def get(request: BackendRequest) -> Response:
    return Json(_to_json(request, await files.get_file(get_services(request), await _read_ref(request))))


async def exists(request: BackendRequest) -> Response:
    return Json(await files.find_file(get_services(request), await _read_ref(request)) is not None)


async def download(request: BackendRequest) -> Response:
    """Send the bytes of a file, of a private one too."""
    file = await files.get_file(get_services(request), await _read_ref(request))
    headers = {
        "Content-Disposition": f"attachment; filename*=utf-8''{quote(file.name, safe='')}",
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
    }
    return answer_file(request, file, headers)


async def make_public(request: BackendRequest) -> Response:
    ref = await _read_ref(request)
    return Json(_to_json(request, await files.set_file_visibility(get_services(request), ref, is_public=True)))


async def make_private(request: BackendRequest) -> Response:
    ref = await _read_ref(request)
    return Json(_to_json(request, await files.set_file_visibility(get_services(request), ref, is_public=False)))


async def rename(request: BackendRequest) -> Response:
    """Rename a file: `{bucket, file, newName}`."""
    me, body = await authenticate(request), await read_json(request)
    file = await files.rename_file(get_services(request), _make_ref(me, body), body.get("newName"))
    return Json(_to_json(request, file))


async def delete(request: BackendRequest) -> Response:
    await files.delete_file(get_services(request), await _read_ref(request))
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
    Route("/storage/bucket/file/get", get, methods=["POST"]),
    Route("/storage/bucket/file/exists", exists, methods=["POST"]),
    Route("/storage/bucket/file/download", download, methods=["POST"]),
    Route("/storage/bucket/file/make-public", make_public, methods=["POST"]),
    Route("/storage/bucket/file/make-private", make_private, methods=["POST"]),
    Route("/storage/bucket/file/rename", rename, methods=["POST"]),
    Route("/storage/bucket/file/delete", delete, methods=["POST"]),
    Route("/storage/delete-file", delete_by_url, methods=["POST"]),
]


async def _check_upload(request: BackendRequest) -> tuple[SignedIn, UploadOptions]:
    """Authenticate the user and refuse a bucket that does not exist, before the content has come."""
    me, options = await authenticate(request), read_options(request)
    await uploads.check_upload(get_services(request), me.user.id, options)
    return me, options


async def _store(request: BackendRequest, me: SignedIn, name: str, upload: Upload, options: UploadOptions) -> Response:
    file = await uploads.store_upload(get_services(request), me.user.id, name, upload, options)
    return Json(_to_json(request, file))


async def _read_ref(request: BackendRequest) -> FileRef:
    return _make_ref(await authenticate(request), await read_json(request))


def _make_ref(me: SignedIn, body: Mapping[str, Any]) -> FileRef:
    return FileRef(me.user.id, body.get("bucket"), body.get("file"))


def _to_json(request: BackendRequest, file: File) -> dict[str, Any]:
    """Return a file's JSON. The bucket `root` has the id of the environment."""
    services = get_services(request)
    environment = services.store.environment_id
    bucket = file.bucket_id or environment
    return file_to_json(file, f"{services.settings.public.url}{make_file_path(environment, bucket, file.id)}", bucket)
