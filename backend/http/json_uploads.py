"""Reading an upload that is JSON: what the official client makes of all but Blobs, Files and forms."""

import asyncio
import json
import re
from collections.abc import Iterator
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from backend.http.requests import BackendRequest, bounded, check_is_json, large_json, parsed, services_of
from backend.http.uploads import ENVELOPE_LIMIT, Part, bare_type
from backend.kernel.refusals import RefusalError, refusal

WRITTEN_OUT = 16  # bytes of JSON that a byte takes at most, in a typed array
OBJECT_LIMIT = 1024 * 1024  # bytes of JSON, which take many times that while they are read; a form takes more
IN_MEMORY = 64 * 1024  # bytes of a body that is still coming
PIECE = 64 * 1024


async def sent_object(request: BackendRequest, content_type: str) -> Part:
    """What the client made JSON of, whatever it was given. It says the name elsewhere."""
    mime_type, limit = bare_type(content_type), services_of(request).settings.file_limit
    with SpooledTemporaryFile(IN_MEMORY) as body:
        async for chunk in bounded(request, min(OBJECT_LIMIT, limit * WRITTEN_OUT + ENVELOPE_LIMIT)).stream():
            body.write(chunk)
        if body.tell():
            check_is_json(request)
        content = await asyncio.get_running_loop().run_in_executor(large_json, _revived_file, body, mime_type)
    if len(content) > limit:
        raise refusal("request_body_size_too_large", param="file")
    return Part("", mime_type, len(content), BytesIO(content))


def _revived_file(body: IO[bytes], mime_type: str) -> bytes:
    body.seek(0)
    return revived(body.read(), mime_type)


def revived(body: bytes, mime_type: str) -> bytes:
    """The bytes that became this JSON. An object that never was bytes is kept as the JSON it is.

    Raises `file_upload_error` where the client has lost the content on the way.
    """
    if buffer := re.fullmatch(rb'\{"type":"Buffer","data":\[([0-9,]*)\]\}', body):
        return _counted_out(buffer[1])
    value = parsed(body) if body else ""
    try:
        content = value.encode("utf-8") if isinstance(value, str) else _indexed(value, mime_type)
    except UnicodeEncodeError as error:  # half a character
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
