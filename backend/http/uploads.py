"""Reading an upload: the first file of a multipart body, if all of it arrived."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException

from backend.http.requests import BackendRequest, get_services, limit_body
from backend.kernel.refusals import refusal
from backend.rules.uploads import Upload
from serving.multipart import WholeParser

ENVELOPE_LIMIT = 64 * 1024  # bytes around the file in a multipart body


@asynccontextmanager
async def open_file_part(request: BackendRequest) -> AsyncIterator[Upload]:
    """Open the first file of a multipart body, which is on disk unless it is small.

    Raises `file_upload_error` or `request_body_size_too_large`.
    """
    content_type = request.headers.get("content-type", "")
    charset = re.search(r"charset=\"?([^\";\s]*)", content_type.lower())
    if not content_type.lower().startswith("multipart/form-data") or (charset and charset[1] != "utf-8"):
        raise refusal("file_upload_error")
    limit = get_services(request).settings.files.limit
    body = limit_body(request, limit + ENVELOPE_LIMIT).stream()
    try:
        form = await WholeParser(content_type, body, max_files=10, max_fields=100).parse()
    except MultiPartException as error:
        raise refusal("file_upload_error") from error
    try:
        yield _find_file(form, limit)
    finally:
        await form.close()


def _find_file(form: FormData, limit: int) -> Upload:
    """Find the first file, whatever its field is named: clients differ."""
    for _, value in form.multi_items():
        if isinstance(value, UploadFile):
            size = value.size or 0
            if size > limit:
                raise refusal("request_body_size_too_large", param="file")
            return Upload(value.filename or "file", parse_media_type(value.content_type), size, value.file)
    raise refusal("file_upload_error", param="file")


def parse_media_type(given: str | None) -> str:
    """Return a media type in lower case without its parameters; application/octet-stream for anything else."""
    bare = (given or "").split(";")[0].strip().lower()
    return bare if re.fullmatch(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,59}", bare) else "application/octet-stream"
