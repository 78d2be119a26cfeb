"""Endpoints under /storage: copies of one's own files, files that move, and other content for one."""

from starlette.responses import Response
from starlette.routing import Route

from backend.http.envelope import Json
from backend.http.file_requests import make_bucket_ref, make_ref, show_file
from backend.http.json_uploads import read_object
from backend.http.requests import BackendRequest, authenticate, get_services, read_json, read_query
from backend.http.upload_options import read_options
from backend.http.uploads import open_file_part
from backend.rules import file_copies
from backend.rules.files import FileRef
from backend.rules.uploads import Upload, UploadOptions


async def duplicate(request: BackendRequest) -> Response:
    """Copy a file within its bucket: `{bucket, file, duplicateName?}`."""
    me, body = await authenticate(request), await read_json(request)
    name = body.get("duplicateName")
    copy = await file_copies.duplicate_file(get_services(request), make_ref(me, body), name)
    return Json(show_file(request, copy))


async def copy(request: BackendRequest) -> Response:
    """Copy a file into another bucket: `{bucket, file, bucketNameOrId}`."""
    me, body = await authenticate(request), await read_json(request)
    to = make_bucket_ref(me, body, "bucketNameOrId")
    file = await file_copies.copy_file(get_services(request), make_ref(me, body), to)
    return Json(show_file(request, file))


async def move(request: BackendRequest) -> Response:
    """Move a file to another bucket: `{bucket, file, bucketNameOrId}`."""
    me, body = await authenticate(request), await read_json(request)
    to = make_bucket_ref(me, body, "bucketNameOrId")
    file = await file_copies.move_file(get_services(request), make_ref(me, body), to)
    return Json(show_file(request, file))


async def replace_formdata(request: BackendRequest) -> Response:
    """Store the file of a multipart body under the name of another: `?bucket=&file=&options=`."""
    ref, options = await _check_replacement(request)
    async with open_file_part(request) as upload:
        return await _replace(request, ref, upload, options)


async def replace_object(request: BackendRequest) -> Response:
    """Do the same with what the client made JSON of."""
    ref, options = await _check_replacement(request)
    return await _replace(request, ref, await read_object(request, options.content_type), options)


ROUTES: list[Route] = [
    Route("/storage/bucket/file/duplicate", duplicate, methods=["POST"]),
    Route("/storage/bucket/file/copy", copy, methods=["POST"]),
    Route("/storage/bucket/file/move", move, methods=["POST"]),
    Route("/storage/bucket/file/replace-formdata", replace_formdata, methods=["POST"]),
    Route("/storage/bucket/file/replace-object", replace_object, methods=["POST"]),
]


async def _check_replacement(request: BackendRequest) -> tuple[FileRef, UploadOptions]:
    """Authenticate the user and refuse a file that is not there, before the content has come."""
    options = read_options(request, await authenticate(request))
    ref = FileRef(options.bucket, read_query(request, "file"))
    await file_copies.check_replacement(get_services(request), ref)
    return ref, options


async def _replace(request: BackendRequest, ref: FileRef, upload: Upload, options: UploadOptions) -> Response:
    return Json(show_file(request, await file_copies.replace_file(get_services(request), ref, upload, options)))
