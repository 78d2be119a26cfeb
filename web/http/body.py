"""Reading the body of a POST: strictly, once, and never more than a form of this site can hold.

A body that no form here would send raises HTTPException, which errors.py answers with a page that says what was wrong.
"""

from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast
from urllib.parse import parse_qsl

from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request

from serving.multipart import WholeParser
from web.http.owner import check_owner
from web.i18n.locale import gettext as _

FORM_LIMIT = 16 * 1024
PHOTO_LIMIT = 16 * 1024 * 1024
MULTIPART_OVERHEAD = 8 * 1024
FIELD_COUNT = 50
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"


@dataclass(frozen=True)
class PostedForm:
    """The fields of a form as they were typed, and the file chosen in it, if any: on disk, at its beginning."""

    fields: dict[str, str] = field(default_factory=dict)
    file: IO[bytes] | None = None


async def read_form(request: Request[Any]) -> dict[str, str]:
    """Read the fields of a posted form. Reading them again returns, or raises, the same.

    Raises HTTPException 400, 413 or 415, and ForeignPageError for a form on the page of another user.
    """
    state: dict[str, Any] = request.scope["state"]
    if "fields" not in state:
        try:
            state["fields"] = await _read_fields(request)
        except HTTPException as refused:
            state["fields"] = refused
    if isinstance(state["fields"], HTTPException):
        raise state["fields"]
    check_owner(request, state["fields"])
    return cast("dict[str, str]", state["fields"])


@asynccontextmanager
async def read_photo_form(request: Request[Any], file_field: str, folder: Path) -> AsyncIterator[PostedForm]:
    """Read the one form with a file, which browsers send as multipart/form-data. Errors as in `read_form`.

    The fields can be read again with `read_form`. The file has no name in `folder`, and is gone after the context.
    """
    media_type, charset = _parse_content_type(request)
    if media_type != MULTIPART or charset not in ("", "utf-8"):
        yield PostedForm(await read_form(request))
        return
    stream = _stream_body(request, PHOTO_LIMIT + MULTIPART_OVERHEAD, _photo_too_large)
    limits = {"max_files": 1, "max_fields": FIELD_COUNT, "max_part_size": FORM_LIMIT}
    parser = WholeParser(request.headers["content-type"], stream, **limits, folder=folder)
    try:
        form = await parser.parse()
    except MultiPartException:
        raise HTTPException(400, _("The form was incomplete or in an unsupported format.")) from None
    try:
        upload = form.get(file_field)
        file, size = (upload.file, upload.size or 0) if isinstance(upload, UploadFile) else (None, 0)
        if size > PHOTO_LIMIT:
            raise _photo_too_large()
        pairs = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
        request.scope["state"]["fields"] = _check_fields(pairs)
        yield PostedForm(await read_form(request), file if size else None)
    finally:
        await form.close()


async def _read_fields(request: Request[Any]) -> dict[str, str]:
    media_type, charset = _parse_content_type(request)
    body = b"".join([chunk async for chunk in _stream_body(request, FORM_LIMIT, _form_too_large)])
    if not body:
        return {}
    if media_type != URLENCODED or charset not in ("", "utf-8"):
        raise HTTPException(415, _("The form was sent in an unsupported format."))
    return _check_fields(_parse_pairs(body))


async def _stream_body(
    request: Request[Any], limit: int, too_large: Callable[[], HTTPException]
) -> AsyncGenerator[bytes, None]:
    """Yield the body. Raises `too_large` by the stated length before a byte is read, and by what has come."""
    length = request.headers.get("content-length", "")
    if length.isdigit() and int(length) > limit:
        raise too_large()
    seen = 0
    async for chunk in request.stream():
        seen += len(chunk)
        if seen > limit:
            raise too_large()
        yield chunk


def _parse_content_type(request: Request[Any]) -> tuple[str, str]:
    media_type, _semicolon, rest = request.headers.get("content-type", "").partition(";")
    charset = rest.strip().lower().removeprefix("charset=").strip('" ') if "charset=" in rest.lower() else ""
    return media_type.strip().lower(), charset


def _form_too_large() -> HTTPException:
    return HTTPException(413, _("You’ve entered too much text."))


def _photo_too_large() -> HTTPException:
    return HTTPException(413, _("The photo must be smaller than 16 MB. Choose a smaller one."))


def _parse_pairs(body: bytes) -> list[tuple[str, str]]:
    try:
        text = body.decode("ascii")
        return parse_qsl(text, keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=FIELD_COUNT)
    except UnicodeDecodeError:
        raise HTTPException(400, _("The form was sent in an encoding other than UTF-8.")) from None
    except ValueError:
        raise HTTPException(400, _("The form contains unknown fields.")) from None


def _check_fields(pairs: list[tuple[str, str]]) -> dict[str, str]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise HTTPException(400, _("The form contains a field twice."))
    if any("\0" in name + value for name, value in pairs):
        raise HTTPException(400, _("The form contains a character that isn’t allowed (NUL)."))
    return fields
