"""Answering with the bytes of a file, in pieces: a slow reader holds no more than one of them."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.responses import Response, StreamingResponse

from backend.http.requests import BackendRequest, services_of
from backend.http.shapes import refused
from backend.kernel.refusals import refusal
from backend.store import PIECE
from backend.store.records import File

RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})", re.IGNORECASE)


@dataclass(frozen=True)
class Span:
    """Bytes of a file, from the first to the last, both included."""

    first: int
    last: int

    @property
    def size(self) -> int:
        return self.last + 1 - self.first


def answer_file(request: BackendRequest, file: File, headers: dict[str, str], wanted: str = "") -> Response:
    """Answer with the whole file, or with the one range that a Range header asks for.

    A range that makes no sense is passed over (RFC 9110, 14.1.1).
    """
    span, status, headers = Span(0, file.size - 1), 200, {"Content-Type": file.mime_type, **headers}
    if given := _find_span(wanted, file.size):
        span, status = given, 206
        if span.size <= 0:
            return refused(refusal("range_not_satisfiable"), {"Content-Range": f"bytes */{file.size}"})
        headers["Content-Range"] = f"bytes {span.first}-{span.last}/{file.size}"
    headers["Content-Length"] = str(span.size)
    if request.method == "HEAD":
        return Response(None, status, headers)
    return StreamingResponse(_read(request, file, span), status, headers)


def _find_span(wanted: str, size: int) -> Span | None:
    """Find the bytes that are asked for, none of them (`size` <= 0) where the file is too short."""
    match = RANGE.fullmatch(wanted.strip())
    if not match or not (match[1] or match[2]) or (match[1] and match[2] and int(match[1]) > int(match[2])):
        return None
    if not match[1]:
        return Span(max(0, size - int(match[2])), size - 1)
    return Span(int(match[1]), min(int(match[2] or size), size - 1))


async def _read(request: BackendRequest, file: File, span: Span) -> AsyncIterator[bytes]:
    """Raises `file_not_found` where the file goes meanwhile, which ends the connection."""
    store = services_of(request).store
    for number in range(span.first // PIECE, span.last // PIECE + 1):
        piece = await store.read(lambda queries, number=number: queries.files.read_piece(file.id, number))  # type: ignore[misc]
        if piece is None:
            raise refusal("file_not_found", param="file")
        start = number * PIECE
        yield piece[max(0, span.first - start) : span.last + 1 - start]
