"""Changing what is said of a bucket of one's own: its name, its tags, who may see what comes into it."""

from dataclasses import dataclass
from typing import Any

from backend.kernel.tags import add_tags, read_tags, remove_tags
from backend.rules.buckets import BucketRef, check_is_free, find_own_bucket, read_bucket_name
from backend.rules.context import Services
from backend.rules.file_changes import Description, read_new_tags, read_visibility
from backend.store import Queries
from backend.store.records import Bucket


@dataclass(frozen=True)
class Visibility:
    """What files of a bucket become by default; with `includes_files` also what those in it are from now on."""

    is_public: bool
    includes_files: bool


async def rename_bucket(services: Services, ref: BucketRef, new_name: Any) -> Bucket:
    """Rename a bucket. Raises as `find_own_bucket`, or `validation_error` for a name that is taken or none."""
    return await services.store.write(_rename, services, ref, new_name)


async def set_bucket_visibility(services: Services, ref: BucketRef, visibility: Visibility) -> Bucket:
    """Set who may see what is in a bucket. Raises as `find_own_bucket`."""
    return await services.store.write(_set_visibility, services, ref, visibility)


async def add_bucket_tags(services: Services, ref: BucketRef, tags: Any) -> Bucket:
    """Add a tag or several to a bucket. Raises as `find_own_bucket`, or `validation_error`."""
    return await services.store.write(_add_tags, services, ref, read_tags(tags, "tags"))


async def remove_bucket_tags(services: Services, ref: BucketRef, tags: Any) -> Bucket:
    """Take a tag or several from a bucket; others are no error. Raises as `add_bucket_tags`."""
    return await services.store.write(_remove_tags, services, ref, read_tags(tags, "tags"))


async def update_bucket(
    services: Services, ref: BucketRef, description: Description, *, includes_files: bool
) -> Bucket:
    """Set name, visibility and tags of a bucket, or those of them that are said, at once. Raises as `rename_bucket`."""
    return await services.store.write(_update, services, ref, description, includes_files=includes_files)


def _rename(queries: Queries, services: Services, ref: BucketRef, new_name: Any) -> Bucket:
    bucket = find_own_bucket(queries, services, ref)
    name = _read_free_name(queries, bucket, new_name)
    return queries.buckets.update(bucket, name=name, updated_at=services.clock())


def _read_free_name(queries: Queries, bucket: Bucket, new_name: Any) -> str:
    name = read_bucket_name(new_name, "newName")
    if name != bucket.name:
        check_is_free(queries, bucket.user_id, name, "newName")
    return name


def _set_visibility(queries: Queries, services: Services, ref: BucketRef, visibility: Visibility) -> Bucket:
    bucket, now = find_own_bucket(queries, services, ref), services.clock()
    if visibility.includes_files:
        queries.files.set_visibility(ref.user_id, bucket, is_public=visibility.is_public, now=now)
    return queries.buckets.update(bucket, is_public=visibility.is_public, updated_at=now)


def _add_tags(queries: Queries, services: Services, ref: BucketRef, tags: list[str]) -> Bucket:
    bucket = find_own_bucket(queries, services, ref)
    return queries.buckets.update(bucket, tags=add_tags(bucket.tags, tags), updated_at=services.clock())


def _remove_tags(queries: Queries, services: Services, ref: BucketRef, tags: list[str]) -> Bucket:
    bucket = find_own_bucket(queries, services, ref)
    return queries.buckets.update(bucket, tags=remove_tags(bucket.tags, tags), updated_at=services.clock())


def _update(
    queries: Queries, services: Services, ref: BucketRef, description: Description, *, includes_files: bool
) -> Bucket:
    bucket, now = find_own_bucket(queries, services, ref), services.clock()
    is_public = read_visibility(description.is_public, before=bucket.is_public)
    if includes_files:
        queries.files.set_visibility(ref.user_id, bucket, is_public=is_public, now=now)
    return queries.buckets.update(
        bucket,
        name=bucket.name if description.name is None else _read_free_name(queries, bucket, description.name),
        is_public=is_public,
        tags=read_new_tags(description.tags, before=bucket.tags),
        updated_at=now,
    )
