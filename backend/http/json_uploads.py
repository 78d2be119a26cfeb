"""Reading an upload that is JSON, which the official client makes of all but Blobs, Files and forms."""

import asyncio
import json
import re
from collections.abc import Iterator
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from backend.http.requests import BackendRequest, check_is_json, get_services, large_json, limit_body
from backend.http.uploads import ENVELOPE_LIMIT, parse_media_type
from backend.kernel.refusals import RefusalError, refusal
from backend.kernel.strict_json import parse_json
from backend.rules.uploads import Upload

JSON_BYTES_PER_BYTE = 16  # at most, in a typed array
OBJECT_LIMIT = 1024 * 1024  # bytes of JSON, which take many times that while they are read; a form takes more
IN_MEMORY = 64 * 1024  # bytes of a body that is still coming
PIECE = 64 * 1024


async def read_object(request: BackendRequest, content_type: str) -> Upload:
    """Read an upload of JSON, without a name, which the query has.

    Raises `file_upload_error`, `request_body_size_too_large`, `unsupported_media_type` or
    `invalid_request_body_syntax`.
    """
    media_type, limit = parse_media_type(content_type), get_services(request).settings.files.limit
    with SpooledTemporaryFile(IN_MEMORY) as body:
        async for chunk in limit_body(
            request, min(OBJECT_LIMIT, limit * JSON_BYTES_PER_BYTE + ENVELOPE_LIMIT)
        ).stream():
            body.write(chunk)
        if body.tell():
            check_is_json(request)
        content = await asyncio.get_running_loop().run_in_executor(large_json, _decode_file, body, media_type)
    if len(content) > limit:
        raise refusal("request_body_size_too_large", param="file")
    return Upload("", media_type, len(content), BytesIO(content))


def _decode_file(body: IO[bytes], media_type: str) -> bytes:
    body.seek(0)
    return decode_content(body.read(), media_type)


def decode_content(body: bytes, media_type: str) -> bytes:
    """Return the bytes that the client made this JSON of, or the JSON itself if it never was bytes.

    Raises `file_upload_error` where the client has lost the content on the way, or `invalid_request_body_syntax`.
    """
    if buffer := re.fullmatch(rb'\{"type":"Buffer","data":\[([0-9,]*)\]\}', body):
        return _parse_numbers(buffer[1])
    value = parse_json(body) if body else ""
    try:
        content = value.encode("utf-8") if isinstance(value, str) else _decode_value(value, media_type)
    except UnicodeEncodeError as error:  # half a character
        raise refusal("invalid_request_body_syntax") from error
    if not body and not media_type.startswith("text/"):
        raise _content_lost()
    return body if content is None else content


def _parse_numbers(numbers: bytes) -> bytes:
    """Make bytes of "1,2,3", piece by piece so that other threads run in between."""
    content = bytearray()
    try:
        for piece in _split(numbers):
            content.extend(json.loads(b"[" + piece + b"]"))
    except ValueError as error:
        raise refusal("invalid_request_body_syntax") from error
    return bytes(content)


def _split(numbers: bytes) -> Iterator[bytes]:
    start = 0
    while start < len(numbers):
        comma = numbers.find(b",", start + PIECE)
        end = len(numbers) if comma == -1 else comma
        yield numbers[start:end]
        start = end + 1


def _decode_value(value: Any, media_type: str) -> bytes | None:
    """Return the bytes of a Buffer, however it is written, or of a typed array, which becomes an object whose keys are
    its indices. None: it is something else."""
    if isinstance(value, dict) and value.get("type") == "Buffer" and set(value) == {"type", "data"}:
        return _to_bytes(value["data"]) if isinstance(value["data"], list) else None
    if not isinstance(value, dict) or media_type == "application/json":
        return None
    if not value:
        raise _content_lost()
    # JavaScript writes indices first and in order; anything else is an object of the client's own.
    if all(key == str(index) for index, key in enumerate(value)):
        return _to_bytes(list(value.values()))
    return None


def _to_bytes(numbers: list[Any]) -> bytes | None:
    is_bytes = all(type(number) is int and 0 <= number <= 255 for number in numbers)
    return bytes(numbers) if is_bytes else None


def _content_lost() -> RefusalError:
    words = "The content did not arrive: upload a File, a Blob, a FormData, a Buffer, a Uint8Array or a text."
    return refusal("file_upload_error", param="file", message=words)
