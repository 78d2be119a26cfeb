"""Copies of one's own files, and other content for one. All of it counts in the quota."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any

from backend.kernel import fields
from backend.kernel.keys import new_id
from backend.rules.buckets import BucketRef, find_bucket
from backend.rules.context import Services
from backend.rules.files import FileRef, find_free_name, get_own_file
from backend.rules.quota import check_room
from backend.rules.uploads import Upload, UploadOptions
from backend.store import Queries
from backend.store.records import File


async def duplicate_file(services: Services, ref: FileRef, name: Any) -> File:
    """Copy a file within its bucket, under a name, which gets a suffix if it is taken; None: that of the file.

    Raises as `get_file`, `validation_error`, or `request_body_size_too_large` where the quota is used up.
    """
    return await services.store.write(_duplicate, services, ref, name, services.clock())


async def copy_file(services: Services, ref: FileRef, to: BucketRef) -> File:
    """Copy a file into another bucket. Raises as `duplicate_file`, or `bucket_not_found`."""
    return await services.store.write(_copy_to, services, ref, to, services.clock())


async def move_file(services: Services, ref: FileRef, to: BucketRef) -> File:
    """Move a file to another bucket, which is part of its address. Raises as `get_file`, or `bucket_not_found`."""
    return await services.store.write(_move, services, ref, to, services.clock())


async def check_replacement(services: Services, ref: FileRef) -> None:
    """Refuse the new content of a file that is not there before it is read. Raises as `get_file`."""
    await services.store.read(get_own_file, services, ref)


async def replace_file(services: Services, ref: FileRef, upload: Upload, options: UploadOptions) -> File:
    """Store other content under a file's name. Caches keep what has an address, so it gets a new one, and a new id.

    Who may see it and its tags stay, unless `options` says them. Raises as `duplicate_file`.
    """
    return await services.store.write(_replace, services, ref, upload, options)


def _duplicate(queries: Queries, services: Services, ref: FileRef, name: Any, now: datetime) -> File:
    file = get_own_file(queries, services, ref)
    new_name = file.name if name is None else fields.file_name(name, "duplicateName")
    return _copy(queries, services, file, replace(file, name=new_name), now)


def _copy_to(queries: Queries, services: Services, ref: FileRef, to: BucketRef, now: datetime) -> File:
    file, bucket = get_own_file(queries, services, ref), find_bucket(queries, services, to)
    return _copy(queries, services, file, replace(file, bucket_id=bucket.id if bucket else None), now)


def _copy(queries: Queries, services: Services, source: File, wanted: File, now: datetime) -> File:
    check_room(queries, services, source.user_id, "file", source.size)
    name = find_free_name(queries, wanted.name)
    copy = replace(wanted, id=new_id(), name=name, uploaded_at=now, updated_at=now)
    queries.files.copy(source, copy)
    return copy


def _move(queries: Queries, services: Services, ref: FileRef, to: BucketRef, now: datetime) -> File:
    file, bucket = get_own_file(queries, services, ref), find_bucket(queries, services, to)
    return queries.files.update(file, bucket_id=bucket.id if bucket else None, updated_at=now)


def _replace(queries: Queries, services: Services, ref: FileRef, upload: Upload, options: UploadOptions) -> File:
    file = get_own_file(queries, services, ref)
    queries.files.delete(file.id)
    check_room(queries, services, ref.user_id, "file", upload.size)
    new = replace(
        file,
        id=new_id(),
        size=upload.size,
        mime_type=upload.mime_type,
        is_public=file.is_public if options.is_public is None else options.is_public,
        tags=json.dumps(options.tags) if options.tags else file.tags,
        updated_at=services.clock(),
    )
    queries.files.insert(new, upload.content)
    return new
