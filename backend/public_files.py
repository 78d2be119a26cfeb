"""/_storage: public files for everybody, exactly as they were uploaded, and unable to do anything in a browser."""

import re
from urllib.parse import quote

from starlette.responses import Response

from backend.contract import refused
from backend.refusals import refusal
from backend.requests import BackendRequest, services_of
from backend.store import Queries
from backend.store.records import File

# What browsers may show in place. Everything else is saved, whatever type the uploader gave it.
SHOWN = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif", "image/avif"})


async def serve(request: BackendRequest) -> Response:
    file, content = await services_of(request).store.read(lambda queries: _found(queries, request))
    headers = _headers(request, file)
    if _is_known(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return _part(content, _wanted_range(request, headers["ETag"]), headers)


def _found(queries: Queries, request: BackendRequest) -> tuple[File, bytes]:
    environment, path = services_of(request).store.environment_id, request.path_params
    file = queries.files.by_id(path["file"])
    if file is None or {path["environment"], path["bucket"]} != {environment}:
        raise refusal("file_not_found")
    if not file.is_public:
        raise refusal("not_public")
    return file, queries.files.content(file.id)


def _headers(request: BackendRequest, file: File) -> dict[str, str]:
    """A file never changes under its address, so it may be kept for ever."""
    headers = {
        "Content-Type": file.mime_type,
        "ETag": f'"{file.id}"',
        "Cache-Control": "public, max-age=31536000, immutable",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin" if services_of(request).settings.embedded else "cross-origin",
        "Accept-Ranges": "bytes",
    }
    if file.mime_type not in SHOWN or "attachment" in request.query_params:
        headers["Content-Disposition"] = f"attachment; filename*=utf-8''{quote(file.name, safe='')}"
    return headers


def _is_known(listed: str, tag: str) -> bool:
    """`listed` may be several tags, and what lies between may have called ours a weak one."""
    return listed.strip() == "*" or tag in listed


def _wanted_range(request: BackendRequest, tag: str) -> str:
    """Ranges are for GET alone, and a client may ask for one only of the version it has (RFC 9110, 13.1.5 and 14.2)."""
    is_same = request.headers.get("if-range", tag) == tag
    return request.headers.get("range", "") if request.method == "GET" and is_same else ""


def _part(content: bytes, wanted: str, headers: dict[str, str]) -> Response:
    """The whole, or the one range asked for. A range that makes no sense is passed over (RFC 9110, 14.1.1)."""
    match = re.fullmatch(r"bytes=(\d{0,15})-(\d{0,15})", wanted.strip(), re.IGNORECASE)
    if not match or not (match[1] or match[2]) or _is_backwards(match[1], match[2]):
        return Response(content, headers=headers)
    size = len(content)
    first = int(match[1]) if match[1] else max(0, size - int(match[2]))
    last = min(int(match[2]), size - 1) if match[1] and match[2] else size - 1
    if first >= size:
        return refused(refusal("range_not_satisfiable"), {"Content-Range": f"bytes */{size}"})
    headers = {**headers, "Content-Range": f"bytes {first}-{last}/{size}"}
    return Response(content[first : last + 1], 206, headers=headers)


def _is_backwards(first: str, last: str) -> bool:
    return bool(first and last) and int(first) > int(last)
