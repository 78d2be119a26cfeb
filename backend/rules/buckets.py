"""Buckets: one's own by name or id, and `root`, which everybody has. Nobody else's is ever looked at."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from backend.kernel.keys import ID, new_id
from backend.kernel.refusals import invalid, refusal
from backend.rules.context import Services
from backend.rules.listing import ListRequest
from backend.rules.quota import check_room
from backend.store import Queries
from backend.store.records import Bucket, Usage

ROOT = "root"
NAME = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9_.@+-]{1,100}")  # no `..`, whatever is made of a name one day


@dataclass(frozen=True)
class BucketRef:
    """How a request names a bucket of the user's. `name_or_id` is as it was sent, and may be any JSON."""

    user_id: str
    name_or_id: Any


@dataclass(frozen=True)
class NewBucket:
    """A bucket to be made. `is_public`: the default for its files."""

    user_id: str
    name: str
    is_public: bool = True  # as Altogic has it
    tags: list[str] = field(default_factory=list)


async def create_bucket(services: Services, new: NewBucket) -> Bucket:
    """Make a bucket. Raises `validation_error` for a name that is taken, or `request_body_size_too_large`."""
    return await services.store.write(_create_bucket, services, new)


async def has_bucket(services: Services, ref: BucketRef) -> bool:
    """Tell whether the user has such a bucket. What cannot be a name is none, and no error."""
    found = await services.store.read(look_up_bucket, ref)
    return is_root(services, ref) or found is not None


async def load_buckets(services: Services, user_id: str, request: ListRequest) -> tuple[list[Bucket], int]:
    """Load one page of the user's buckets, but for `root`, and count those of all pages.

    Of anybody else's there are none.
    """
    return await services.store.read(_load_buckets, user_id, request)


async def measure_buckets(services: Services, user_id: str) -> tuple[int, Usage]:
    """Count the user's buckets, but for `root`, and measure what is in all of them."""
    return await services.store.read(_measure_buckets, user_id)


async def measure_bucket(services: Services, ref: BucketRef) -> tuple[Bucket | None, Usage]:
    """Find a bucket, or None for `root`, and count what is in it. Raises `bucket_not_found`."""
    return await services.store.read(_measure_bucket, services, ref)


async def delete_files(services: Services, ref: BucketRef, files: Sequence[str]) -> None:
    """Delete files of a bucket by name or id; unknown ones are no error. Raises `bucket_not_found`."""
    await services.store.write(_delete_files, services, ref, files)


async def empty_bucket(services: Services, ref: BucketRef) -> None:
    """Delete all files of a bucket. Raises as `find_own_bucket`."""
    await services.store.write(_empty_bucket, services, ref)


async def delete_bucket(services: Services, ref: BucketRef) -> None:
    """Delete a bucket with all files in it. Raises as `find_own_bucket`."""
    await services.store.write(_delete_bucket, services, ref)


def is_root(services: Services, ref: BucketRef) -> bool:
    return ref.name_or_id in (ROOT, services.store.environment_id)  # no set: it may be any JSON


def look_up_bucket(queries: Queries, ref: BucketRef) -> Bucket | None:
    """Find a bucket of the user's, if there is one."""
    is_name = isinstance(ref.name_or_id, str) and NAME.fullmatch(ref.name_or_id)
    return queries.buckets.find(ref.user_id, ref.name_or_id) if is_name else None


def find_bucket(queries: Queries, services: Services, ref: BucketRef) -> Bucket | None:
    """Find a bucket of the user's, or None for `root`. Raises `bucket_not_found`."""
    if is_root(services, ref):
        return None
    bucket = look_up_bucket(queries, ref)
    if bucket is None:
        raise refusal("bucket_not_found", param="bucket")
    return bucket


def find_own_bucket(queries: Queries, services: Services, ref: BucketRef) -> Bucket:
    """Find a bucket to change. Raises `bucket_not_found`, and `not_allowed` for `root`."""
    bucket = find_bucket(queries, services, ref)
    if bucket is None:
        raise refusal("not_allowed", param="bucket", message="The bucket root stays as it is.")
    return bucket


def read_bucket_name(given: Any, param: str) -> str:
    """Read the name of a new bucket. Raises `validation_error`, also for what looks like an id: one name could mean
    two buckets."""
    if not isinstance(given, str) or not NAME.fullmatch(given) or ID.fullmatch(given) or given == ROOT:
        words = "The name of a bucket must be 1 to 100 letters, digits or any of . - _ @ +, and not root."
        raise invalid(param, words)
    return given


def make_bucket(queries: Queries, services: Services, new: NewBucket) -> Bucket:
    """Insert a bucket. Raises `request_body_size_too_large` where the user's quota is used up."""
    check_room(queries, services, new.user_id, "bucket")
    now, tags = services.clock(), json.dumps(new.tags)
    bucket = Bucket(new_id(), new.user_id, new.name, new.is_public, tags, created_at=now, updated_at=now)
    queries.buckets.insert(bucket)
    return bucket


def _create_bucket(queries: Queries, services: Services, new: NewBucket) -> Bucket:
    check_is_free(queries, new.user_id, new.name, "name")
    return make_bucket(queries, services, new)


def check_is_free(queries: Queries, user_id: str, name: str, param: str) -> None:
    """Raise `validation_error` for the name of another bucket."""
    if queries.buckets.find(user_id, name):
        raise invalid(param, "There is a bucket of this name already.")


def _load_buckets(queries: Queries, user_id: str, request: ListRequest) -> tuple[list[Bucket], int]:
    if request.is_about_others(user_id):
        return [], 0
    return queries.buckets.list_page(user_id, request.page), queries.buckets.count_listed(user_id, request.page)


def _measure_buckets(queries: Queries, user_id: str) -> tuple[int, Usage]:
    return queries.buckets.count(user_id), queries.files.measure_usage(user_id)


def _measure_bucket(queries: Queries, services: Services, ref: BucketRef) -> tuple[Bucket | None, Usage]:
    bucket = find_bucket(queries, services, ref)
    return bucket, queries.files.measure_bucket(ref.user_id, bucket)


def _delete_files(queries: Queries, services: Services, ref: BucketRef, files: Sequence[str]) -> None:
    queries.files.delete_named(ref.user_id, find_bucket(queries, services, ref), files)


def _empty_bucket(queries: Queries, services: Services, ref: BucketRef) -> None:
    queries.files.delete_bucket_files(ref.user_id, find_own_bucket(queries, services, ref))


def _delete_bucket(queries: Queries, services: Services, ref: BucketRef) -> None:
    queries.buckets.delete(find_own_bucket(queries, services, ref))
