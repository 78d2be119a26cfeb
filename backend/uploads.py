"""Reading uploads: the two ways in which the official client sends a file, and what it says about it."""

import asyncio
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import UploadFile

from backend import fields
from backend.refusals import RefusalError, invalid, refusal
from backend.requests import BackendRequest, bounded, query, services_of

ENVELOPE_LIMIT = 64 * 1024  # bytes around the file in a multipart body
WRITTEN_OUT = 16  # bytes of JSON that a byte takes at most, in a typed array
OBJECT_LIMIT = 16 * 1024 * 1024  # bytes of JSON; whoever has more sends a form
PIECE = 64 * 1024
NAME_LIMIT = 200
TAG_LIMIT, TAGS_LIMIT = 60, 20


@dataclass(frozen=True)
class Options:
    is_public: bool
    tags: list[str]
    content_type: str


@dataclass(frozen=True)
class Upload:
    name: str
    mime_type: str
    content: bytes
    options: Options


async def from_form(request: BackendRequest) -> Upload:
    """The first file in a multipart body, under its own type: the client says text/plain for all of them."""
    options, given = _options(request), query(request, "fileName")
    content, part_name, mime_type = await _file_part(request)
    return Upload(file_name(given or part_name), mime_type, content, options)


async def from_object(request: BackendRequest) -> Upload:
    """What the client made JSON of, whatever it was given."""
    options, name = _options(request), file_name(query(request, "fileName"))
    mime_type, limit = _mime_type(options.content_type), services_of(request).settings.file_limit
    body = await bounded(request, min(OBJECT_LIMIT, limit * WRITTEN_OUT + ENVELOPE_LIMIT)).body()
    content = await asyncio.to_thread(revived, body, mime_type)
    if len(content) > limit:
        raise too_large()
    return Upload(name, mime_type, content, options)


def revived(body: bytes, mime_type: str) -> bytes:
    """The bytes that became this JSON. An object that never was bytes is kept as the JSON it is.

    Raises `file_upload_error` where the client has lost the content on the way.
    """
    if buffer := re.fullmatch(rb'\{"type":"Buffer","data":\[([0-9,]*)\]\}', body):
        return _counted_out(buffer[1])
    try:
        value = json.loads(body.decode("utf-8")) if body else ""
        content = value.encode("utf-8") if isinstance(value, str) else _indexed(value, mime_type)
    except (ValueError, RecursionError) as error:
        raise refusal("invalid_request_body_syntax") from error
    if not body and not mime_type.startswith("text/"):
        raise _lost()
    return body if content is None else content


def _counted_out(numbers: bytes) -> bytes:
    """In pieces, so that other threads have their turn."""
    content = bytearray()
    try:
        for piece in _pieces(numbers):
            content.extend(json.loads(b"[" + piece + b"]"))
    except ValueError as error:
        raise refusal("invalid_request_body_syntax") from error
    return bytes(content)


def _pieces(numbers: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(numbers):
        comma = numbers.find(b",", start + PIECE)
        end = len(numbers) if comma == -1 else comma
        yield numbers[start:end]
        start = end + 1


def _indexed(value: Any, mime_type: str) -> bytes | None:
    """The bytes of a Buffer however it is written, and of a typed array, which becomes a map of its indices."""
    if isinstance(value, dict) and value.get("type") == "Buffer" and set(value) == {"type", "data"}:
        return _bytes_of(value["data"]) if isinstance(value["data"], list) else None
    if not isinstance(value, dict) or mime_type == "application/json":
        return None
    if not value:
        raise _lost()
    # JavaScript writes indices first and in order; anything else is an object of somebody's own.
    if all(key == str(index) for index, key in enumerate(value)):
        return _bytes_of(list(value.values()))
    return None


def _bytes_of(numbers: list[Any]) -> bytes | None:
    is_bytes = all(type(number) is int and 0 <= number <= 255 for number in numbers)
    return bytes(numbers) if is_bytes else None


def _lost() -> RefusalError:
    words = "The content did not arrive: upload a File, a Blob, a FormData, a Buffer, a Uint8Array or a text."
    return refusal("file_upload_error", param="file", message=words)


async def _file_part(request: BackendRequest) -> tuple[bytes, str, str]:
    """Bytes, name and MIME type of the first file in a multipart body."""
    content_type = request.headers.get("content-type", "").lower()
    charset = re.search(r"charset=\"?([^\";\s]*)", content_type)
    if not content_type.startswith("multipart/form-data") or (charset and charset[1] != "utf-8"):
        raise refusal("file_upload_error")
    limit = services_of(request).settings.file_limit
    async with bounded(request, limit + ENVELOPE_LIMIT).form(max_files=1, max_fields=10) as form:
        for _, value in form.multi_items():
            if isinstance(value, UploadFile):
                return await _read(value, limit), value.filename or "file", _mime_type(value.content_type)
    raise refusal("file_upload_error", param="file")


async def _read(part: UploadFile, limit: int) -> bytes:
    content = await part.read(limit + 1)
    if len(content) > limit:
        raise too_large()
    return content


def too_large() -> RefusalError:
    return refusal("request_body_size_too_large", param="file")


def _mime_type(given: str | None) -> str:
    """The bare type, without parameters."""
    bare = (given or "").split(";")[0].strip().lower()
    return bare if re.fullmatch(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,59}", bare) else "application/octet-stream"


def file_name(given: Any, param: str = "fileName") -> str:
    name = given.strip() if isinstance(given, str) else ""
    if not name or len(name) > NAME_LIMIT or fields.has_controls(name) or not name.isprintable():
        raise invalid(param, f"The name of a file must be 1 to {NAME_LIMIT} characters long, on one line.")
    return name


def _options(request: BackendRequest) -> Options:
    try:
        given = json.loads(query(request, "options") or "{}")
    except (ValueError, RecursionError) as error:
        raise invalid("options", "options must be a JSON object.") from error
    if not isinstance(given, dict):
        raise invalid("options", "options must be a JSON object.")
    content_type = given.get("contentType")
    return Options(
        is_public=given.get("isPublic") is not False,
        tags=_tags(given.get("tags")),
        content_type=content_type if isinstance(content_type, str) else "",
    )


def _tags(given: Any) -> list[str]:
    """One may come as it is."""
    tags = [] if given is None else [given] if isinstance(given, str) else given
    if not isinstance(tags, list) or len(tags) > TAGS_LIMIT:
        raise invalid("options", f"tags must be a list of at most {TAGS_LIMIT} texts.")
    return [_tag(tag) for tag in tags]


def _tag(tag: Any) -> str:
    text = fields.text(tag, "options", TAG_LIMIT)
    if fields.has_controls(text) or not text.isprintable():
        raise invalid("options", "A tag must be on one line.")
    return text
