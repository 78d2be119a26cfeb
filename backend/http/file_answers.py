"""Answers that are the bytes of a file, in pieces: a slow client holds no more than one of them in memory."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.responses import Response, StreamingResponse

from backend.http.envelope import answer_refusal
from backend.http.requests import BackendRequest, get_services
from backend.kernel.refusals import refusal
from backend.store import PIECE, Queries
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
    """Answer with the whole file, or with the one range that a Range header asks for, `wanted`.

    A range that makes no sense is ignored (RFC 9110, 14.1.1).
    """
    span, status, headers = Span(0, file.size - 1), 200, {"Content-Type": file.mime_type, **headers}
    if given := _parse_range(wanted, file.size):
        span, status = given, 206
        if span.size <= 0:
            return answer_refusal(refusal("range_not_satisfiable"), {"Content-Range": f"bytes */{file.size}"})
        headers["Content-Range"] = f"bytes {span.first}-{span.last}/{file.size}"
    headers["Content-Length"] = str(span.size)
    if request.method == "HEAD":
        return Response(None, status, headers)
    return StreamingResponse(_read_pieces(request, file, span), status, headers)


def _parse_range(wanted: str, size: int) -> Span | None:
    """Return the span of a Range header; its `size` is 0 or less where the file is too short. None: there is no range,
    or one that makes no sense."""
    match = RANGE.fullmatch(wanted.strip())
    if not match or not (match[1] or match[2]) or (match[1] and match[2] and int(match[1]) > int(match[2])):
        return None
    if not match[1]:
        return Span(max(0, size - int(match[2])), size - 1)
    return Span(int(match[1]), min(int(match[2] or size), size - 1))


async def _read_pieces(request: BackendRequest, file: File, span: Span) -> AsyncIterator[bytes]:
    """Read a span in pieces. Raises `file_not_found` if the file is deleted meanwhile, which ends the connection."""
    store = get_services(request).store
    for number in range(span.first // PIECE, span.last // PIECE + 1):
        piece = await store.read(_read_piece, file.id, number)
        if piece is None:
            raise refusal("file_not_found", param="file")
        start = number * PIECE
        yield piece[max(0, span.first - start) : span.last + 1 - start]


def _read_piece(queries: Queries, file_id: str, number: int) -> bytes | None:
    return queries.files.read_piece(file_id, number)
