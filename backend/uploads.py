"""Reading an upload: the first file of a multipart body, if all of it arrived."""

import re
from dataclasses import dataclass

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException

from backend.refusals import refusal
from backend.requests import BackendRequest, bounded, services_of
from serving.multipart import WholeParser

ENVELOPE_LIMIT = 64 * 1024  # bytes around the file in a multipart body


@dataclass(frozen=True)
class Part:
    """A file as it was sent."""

    name: str
    mime_type: str
    content: bytes


async def file_part(request: BackendRequest) -> Part:
    """The file of a multipart body. Raises `file_upload_error` or `request_body_size_too_large`."""
    content_type = request.headers.get("content-type", "")
    charset = re.search(r"charset=\"?([^\";\s]*)", content_type.lower())
    if not content_type.lower().startswith("multipart/form-data") or (charset and charset[1] != "utf-8"):
        raise refusal("file_upload_error")
    limit = services_of(request).settings.file_limit
    body = bounded(request, limit + ENVELOPE_LIMIT).stream()
    try:
        form = await WholeParser(content_type, body, max_files=10, max_fields=100).parse()
    except MultiPartException as error:
        raise refusal("file_upload_error") from error
    try:
        return await _first_file(form, limit)
    finally:
        await form.close()


async def _first_file(form: FormData, limit: int) -> Part:
    """Of any name: clients name it as they like."""
    for _, value in form.multi_items():
        if isinstance(value, UploadFile):
            return Part(value.filename or "file", bare_type(value.content_type), await _content(value, limit))
    raise refusal("file_upload_error", param="file")


async def _content(file: UploadFile, limit: int) -> bytes:
    content = await file.read(limit + 1)
    if len(content) > limit:
        raise refusal("request_body_size_too_large", param="file")
    return content


def bare_type(given: str | None) -> str:
    """The type without parameters."""
    bare = (given or "").split(";")[0].strip().lower()
    return bare if re.fullmatch(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,59}", bare) else "application/octet-stream"
