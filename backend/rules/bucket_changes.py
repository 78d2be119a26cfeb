"""Changing what is said of a bucket of one's own: its name, its tags, who may see what comes into it."""

from datetime import datetime
from typing import Any

from backend.kernel.tags import add_tags, read_tags, remove_tags
from backend.rules.buckets import check_is_free, find_own_bucket, read_bucket_name
from backend.rules.context import Services
from backend.rules.file_changes import read_visibility
from backend.store import Queries
from backend.store.records import Bucket


async def rename_bucket(services: Services, user_id: str, name_or_id: Any, new_name: Any) -> Bucket:
    """Rename a bucket. Raises as `find_own_bucket`, or `validation_error` for a name that is taken or none."""
    return await services.store.write(_rename, services, user_id, name_or_id, new_name, services.clock())


async def set_bucket_visibility(
    services: Services, user_id: str, name_or_id: Any, *, is_public: bool, includes_files: bool
) -> Bucket:
    """Set what files of a bucket become by default, and with `includes_files` what those in it are from now on.

    Raises as `find_own_bucket`.
    """
    return await services.store.write(
        _set_visibility,
        services,
        user_id,
        name_or_id,
        services.clock(),
        is_public=is_public,
        includes_files=includes_files,
    )


async def add_bucket_tags(services: Services, user_id: str, name_or_id: Any, tags: Any) -> Bucket:
    """Add a tag or several to a bucket. Raises as `find_own_bucket`, or `validation_error`."""
    added = read_tags(tags, "tags")
    return await services.store.write(_add_tags, services, user_id, name_or_id, added, services.clock())


async def remove_bucket_tags(services: Services, user_id: str, name_or_id: Any, tags: Any) -> Bucket:
    """Take a tag or several from a bucket; others are no error. Raises as `add_bucket_tags`."""
    removed = read_tags(tags, "tags")
    return await services.store.write(_remove_tags, services, user_id, name_or_id, removed, services.clock())


async def update_bucket(
    services: Services, user_id: str, name_or_id: Any, new_name: Any, is_public: Any, tags: Any, *, includes_files: bool
) -> Bucket:
    """Set name, visibility and tags of a bucket, or those of them that are not None, at once.

    Raises as `rename_bucket`.
    """
    return await services.store.write(
        _update,
        services,
        user_id,
        name_or_id,
        new_name,
        is_public,
        tags,
        services.clock(),
        includes_files=includes_files,
    )


def _rename(
    queries: Queries, services: Services, user_id: str, name_or_id: Any, new_name: Any, now: datetime
) -> Bucket:
    bucket = find_own_bucket(queries, services, user_id, name_or_id)
    return queries.buckets.update(bucket, name=_read_free_name(queries, bucket, new_name), updated_at=now)


def _read_free_name(queries: Queries, bucket: Bucket, new_name: Any) -> str:
    name = read_bucket_name(new_name, "newName")
    if name != bucket.name:
        check_is_free(queries, bucket.user_id, name, "newName")
    return name


def _set_visibility(
    queries: Queries,
    services: Services,
    user_id: str,
    name_or_id: Any,
    now: datetime,
    *,
    is_public: bool,
    includes_files: bool,
) -> Bucket:
    bucket = find_own_bucket(queries, services, user_id, name_or_id)
    if includes_files:
        queries.files.set_visibility(user_id, bucket, is_public=is_public, now=now)
    return queries.buckets.update(bucket, is_public=is_public, updated_at=now)


def _add_tags(
    queries: Queries, services: Services, user_id: str, name_or_id: Any, tags: list[str], now: datetime
) -> Bucket:
    bucket = find_own_bucket(queries, services, user_id, name_or_id)
    return queries.buckets.update(bucket, tags=add_tags(bucket.tags, tags), updated_at=now)


def _remove_tags(
    queries: Queries, services: Services, user_id: str, name_or_id: Any, tags: list[str], now: datetime
) -> Bucket:
    bucket = find_own_bucket(queries, services, user_id, name_or_id)
    return queries.buckets.update(bucket, tags=remove_tags(bucket.tags, tags), updated_at=now)


def _update(
    queries: Queries,
    services: Services,
    user_id: str,
    name_or_id: Any,
    new_name: Any,
    is_public: Any,
    tags: Any,
    now: datetime,
    *,
    includes_files: bool,
) -> Bucket:
    bucket = find_own_bucket(queries, services, user_id, name_or_id)
    becomes_public = read_visibility(is_public, bucket.is_public)
    if includes_files:
        queries.files.set_visibility(user_id, bucket, is_public=becomes_public, now=now)
    return queries.buckets.update(
        bucket,
        name=bucket.name if new_name is None else _read_free_name(queries, bucket, new_name),
        is_public=becomes_public,
        tags=bucket.tags if tags is None else add_tags("[]", read_tags(tags, "tags")),
        updated_at=now,
    )
