"""Endpoints under /storage: uploading, looking at and deleting one's own files in the bucket `root`."""

import json
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from backend import fields
from backend.accounts.sessions import SignedIn
from backend.contract import Json, done, file_json
from backend.keys import new_id
from backend.refusals import invalid, refusal
from backend.requests import BackendRequest, json_body, query, services_of, signed_in
from backend.services import Services
from backend.store import Queries
from backend.store.records import File
from backend.uploads import file_part

NAME_LIMIT = 200
TAG_LIMIT, TAGS_LIMIT = 60, 20


async def upload_formdata(request: BackendRequest) -> Response:
    me = await signed_in(request)
    _check_bucket(request, query(request, "bucket"))
    options = _options(query(request, "options"))
    part = await file_part(request)
    name = _file_name(query(request, "fileName") or part.name)
    file = await _keep(services_of(request), me, Upload(name, part.mime_type, part.content, options))
    return Json(_shown(request, file))


async def get(request: BackendRequest) -> Response:
    return Json(_shown(request, await _own_file(request)))


async def exists(request: BackendRequest) -> Response:
    me, which = await _asked_for(request)
    file = await services_of(request).store.read(lambda queries: queries.files.of_user(me.user.id, which))
    return Json(file is not None)


async def delete(request: BackendRequest) -> Response:
    file = await _own_file(request)
    await services_of(request).store.write(lambda queries: queries.files.remove(file.id))
    return done()


async def delete_file(request: BackendRequest) -> Response:
    """By the file's public address, of which only the path counts."""
    me, body = await signed_in(request), await json_body(request)
    url = fields.text(body.get("fileUrl"), "fileUrl", 2048)
    file = await services_of(request).store.read(lambda queries: queries.files.of_user(me.user.id, _id_in(url)))
    if file is None:
        raise refusal("file_not_found", param="fileUrl")
    await services_of(request).store.write(lambda queries: queries.files.remove(file.id))
    return done()


ROUTES: list[BaseRoute] = [
    Route("/bucket/upload-formdata", upload_formdata, methods=["POST"]),
    Route("/bucket/file/get", get, methods=["POST"]),
    Route("/bucket/file/exists", exists, methods=["POST"]),
    Route("/bucket/file/delete", delete, methods=["POST"]),
    Route("/delete-file", delete_file, methods=["POST"]),
]


@dataclass(frozen=True)
class Options:
    is_public: bool
    tags: list[str]


@dataclass(frozen=True)
class Upload:
    name: str
    mime_type: str
    content: bytes
    options: Options


async def _keep(services: Services, me: SignedIn, upload: Upload) -> File:
    now = services.clock()

    def work(queries: Queries) -> File:
        file = File(
            id=new_id(),
            user_id=me.user.id,
            name=_free_name(queries, upload.name),
            size=len(upload.content),
            mime_type=upload.mime_type,
            is_public=upload.options.is_public,
            tags=json.dumps(upload.options.tags),
            uploaded_at=now,
            updated_at=now,
        )
        queries.files.add(file, upload.content)
        return file

    return await services.store.write(work)


def _free_name(queries: Queries, name: str) -> str:
    """A name that is taken gets something random before its suffix."""
    if not queries.files.name_taken(name):
        return name
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}_{new_id()}.{suffix}" if dot and stem else f"{name}_{new_id()}"


def _file_name(given: str) -> str:
    name = given.strip()
    if not name or len(name) > NAME_LIMIT or fields.has_controls(name) or not name.isprintable():
        raise invalid("fileName", f"The name of a file must be 1 to {NAME_LIMIT} characters long, on one line.")
    return name


def _options(text: str) -> Options:
    try:
        given = json.loads(text or "{}")
    except (ValueError, RecursionError) as error:
        raise invalid("options", "options must be a JSON object.") from error
    if not isinstance(given, dict):
        raise invalid("options", "options must be a JSON object.")
    return Options(given.get("isPublic") is not False, _tags(given.get("tags")))


def _tags(given: Any) -> list[str]:
    tags = [] if given is None else given
    if not isinstance(tags, list) or len(tags) > TAGS_LIMIT:
        raise invalid("options", f"tags must be a list of at most {TAGS_LIMIT} texts.")
    return [_tag(tag) for tag in tags]


def _tag(tag: Any) -> str:
    text = fields.text(tag, "options", TAG_LIMIT)
    if fields.has_controls(text) or not text.isprintable():
        raise invalid("options", "A tag must be on one line.")
    return text


async def _own_file(request: BackendRequest) -> File:
    """Somebody else's file is answered like one that does not exist."""
    me, which = await _asked_for(request)
    file = await services_of(request).store.read(lambda queries: queries.files.of_user(me.user.id, which))
    if file is None:
        raise refusal("file_not_found", param="file")
    return file


async def _asked_for(request: BackendRequest) -> tuple[SignedIn, str]:
    me, body = await signed_in(request), await json_body(request)
    _check_bucket(request, body.get("bucket"))
    return me, fields.text(body.get("file"), "file")


def _check_bucket(request: BackendRequest, name_or_id: Any) -> None:
    if name_or_id not in ("root", services_of(request).store.environment_id):  # no set: it may be any JSON
        raise refusal("bucket_not_found", param="bucket")


def _shown(request: BackendRequest, file: File) -> dict[str, Any]:
    services = services_of(request)
    bucket = services.store.environment_id
    return file_json(file, f"{services.settings.public_url}/_storage/{bucket}/{bucket}/{file.id}", bucket)


def _id_in(url: str) -> str:
    try:
        path = urlsplit(url).path
    except ValueError:
        return ""
    match = re.fullmatch(r"(?:.*)/_storage/[0-9a-f]{24}/[0-9a-f]{24}/([0-9a-f]{24})", path)
    return match[1] if match else ""
