"""/_storage: public files for everybody, exactly as they were uploaded, and unable to run anything in a browser."""

from urllib.parse import quote

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend.http.file_answers import answer_file
from backend.http.requests import BackendRequest, get_services
from backend.rules.files import get_public_file
from backend.store.records import File

# What browsers may show. Everything else is downloaded, whatever type the uploader gave it.
SHOWN_INLINE = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif", "image/avif"})


async def serve(request: BackendRequest) -> Response:
    """Send a public file, or a part of it. Raises `file_not_found` or `not_public`."""
    path = request.path_params
    file = await get_public_file(get_services(request), path["environment"], path["bucket"], path["file"])
    headers = _make_headers(request, file)
    if _is_cached(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return answer_file(request, file, headers, _read_range(request, headers["ETag"]))


ROUTES: list[BaseRoute] = [Route("/_storage/{environment}/{bucket}/{file}", serve, methods=["GET"])]


def _make_headers(request: BackendRequest, file: File) -> dict[str, str]:
    """Make headers that let caches keep the file for ever, as it never changes under its address."""
    headers = {
        "Content-Type": file.mime_type,
        "ETag": f'"{file.id}"',
        "Cache-Control": "public, max-age=31536000, immutable",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin"
        if get_services(request).settings.files.are_same_origin
        else "cross-origin",
        "Accept-Ranges": "bytes",
    }
    if file.mime_type not in SHOWN_INLINE or "attachment" in request.query_params:
        headers["Content-Disposition"] = f"attachment; filename*=utf-8''{quote(file.name, safe='')}"
    return headers


def _is_cached(if_none_match: str, tag: str) -> bool:
    """Tell whether an If-None-Match names the tag. It may name several, and a proxy may have made ours a weak one."""
    return if_none_match.strip() == "*" or tag in if_none_match


def _read_range(request: BackendRequest, tag: str) -> str:
    """Return the Range header where it counts: with GET alone, and where If-Range names the version that the client has
    (RFC 9110, 13.1.5 and 14.2). Otherwise an empty text."""
    is_same = request.headers.get("if-range", tag) == tag
    return request.headers.get("range", "") if request.method == "GET" and is_same else ""
