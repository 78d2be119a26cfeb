"""/_storage: public files for everybody, exactly as they were uploaded, and unable to do anything in a browser."""

from urllib.parse import quote

from starlette.responses import Response

from backend.http.file_answers import answer_file
from backend.http.requests import BackendRequest, services_of
from backend.kernel.refusals import refusal
from backend.store import Queries
from backend.store.records import File

# What browsers may show in place. Everything else is saved, whatever type the uploader gave it.
SHOWN = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif", "image/avif"})


async def serve(request: BackendRequest) -> Response:
    file = await services_of(request).store.read(lambda queries: _found(queries, request))
    headers = _headers(request, file)
    if _is_known(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return answer_file(request, file, headers, _wanted_range(request, headers["ETag"]))


def _found(queries: Queries, request: BackendRequest) -> File:
    environment, path = services_of(request).store.environment_id, request.path_params
    file = queries.files.find_by_id(path["file"])
    if file is None or (path["environment"], path["bucket"]) != (environment, file.bucket_id or environment):
        raise refusal("file_not_found")
    if not file.is_public:
        raise refusal("not_public")
    return file


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
