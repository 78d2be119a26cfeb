"""Storing an upload as a file, in a bucket that may be made by the way."""

import json
from dataclasses import dataclass
from typing import IO

from backend.kernel.keys import new_id
from backend.rules.buckets import (
    BucketRef,
    NewBucket,
    find_bucket,
    is_root,
    look_up_bucket,
    make_bucket,
    read_bucket_name,
)
from backend.rules.context import Services
from backend.rules.files import find_free_name
from backend.rules.quota import check_room
from backend.store import Queries
from backend.store.records import Bucket, File


@dataclass(frozen=True)
class UploadOptions:
    """What a request says of an upload beside its name and content.

    `creates_bucket`: make a bucket of that name if there is none. `is_public` None: as the bucket has it.
    """

    bucket: BucketRef
    is_public: bool | None
    tags: list[str]
    content_type: str
    creates_bucket: bool


@dataclass(frozen=True)
class Upload:
    """A file as it was sent, its content open to be read. `size` in bytes."""

    name: str
    mime_type: str
    size: int
    content: IO[bytes]


async def check_upload(services: Services, options: UploadOptions) -> None:
    """Refuse an upload before its content is read.

    Raises `bucket_not_found`, or `validation_error` for a name that a new bucket cannot have.
    """
    await services.store.read(_check_upload, services, options)


async def store_upload(services: Services, upload: Upload, options: UploadOptions) -> File:
    """Store an upload under its name, which gets a suffix if it is taken.

    Raises what `check_upload` does, or `request_body_size_too_large` where the user's quota is used up.
    """
    return await services.store.write(_store_upload, services, upload, options)


def _check_upload(queries: Queries, services: Services, options: UploadOptions) -> None:
    if not _needs_new_bucket(queries, services, options):
        find_bucket(queries, services, options.bucket)


def _store_upload(queries: Queries, services: Services, upload: Upload, options: UploadOptions) -> File:
    user_id, now = options.bucket.user_id, services.clock()
    bucket = _find_or_make_bucket(queries, services, options)
    check_room(queries, services, user_id, "file", upload.size)
    is_public = bucket is None or bucket.is_public
    file = File(
        id=new_id(),
        user_id=user_id,
        name=find_free_name(queries, upload.name),
        size=upload.size,
        mime_type=upload.mime_type,
        is_public=is_public if options.is_public is None else options.is_public,
        tags=json.dumps(options.tags),
        uploaded_at=now,
        updated_at=now,
        bucket_id=bucket.id if bucket else None,
    )
    queries.files.insert(file, upload.content)
    return file


def _find_or_make_bucket(queries: Queries, services: Services, options: UploadOptions) -> Bucket | None:
    ref = options.bucket
    if _needs_new_bucket(queries, services, options):
        return make_bucket(queries, services, NewBucket(ref.user_id, ref.name_or_id))
    return find_bucket(queries, services, ref)


def _needs_new_bucket(queries: Queries, services: Services, options: UploadOptions) -> bool:
    """Tell whether an upload makes its bucket. Raises `validation_error` for a name that a new one cannot have."""
    ref = options.bucket
    if not options.creates_bucket or is_root(services, ref) or look_up_bucket(queries, ref):
        return False
    read_bucket_name(ref.name_or_id, "bucket")
    return True
