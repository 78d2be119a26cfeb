"""Buckets: one's own by name or id, and `root`, which everybody has. Nobody else's is ever looked at."""

import json
import re
from typing import Any

from backend.kernel.keys import new_id
from backend.kernel.refusals import invalid, refusal
from backend.rules.context import Services
from backend.rules.quota import check_room
from backend.store import Queries
from backend.store.records import Bucket

ROOT = "root"
NAME = re.compile(r"(?!\.{1,2}\Z)[A-Za-z0-9_.-]{1,100}")  # no `..`, whatever is made of a name one day
ID = re.compile(r"[0-9a-f]{24}")


def is_root(services: Services, name_or_id: Any) -> bool:
    return name_or_id in (ROOT, services.store.environment_id)  # no set: it may be any JSON


def look_up_bucket(queries: Queries, user_id: str, name_or_id: Any) -> Bucket | None:
    """Find a bucket of one's own, if there is one."""
    is_name = isinstance(name_or_id, str) and NAME.fullmatch(name_or_id)
    return queries.buckets.find(user_id, name_or_id) if is_name else None


def find_bucket(queries: Queries, services: Services, user_id: str, name_or_id: Any) -> Bucket | None:
    """Find a bucket of one's own, or None for `root`. Raises `bucket_not_found`."""
    if is_root(services, name_or_id):
        return None
    bucket = look_up_bucket(queries, user_id, name_or_id)
    if bucket is None:
        raise refusal("bucket_not_found", param="bucket")
    return bucket


def find_own_bucket(queries: Queries, services: Services, user_id: str, name_or_id: Any) -> Bucket:
    """Find a bucket to change. Raises `bucket_not_found`, and `not_allowed` for `root`."""
    bucket = find_bucket(queries, services, user_id, name_or_id)
    if bucket is None:
        raise refusal("not_allowed", param="bucket", message="The bucket root stays as it is.")
    return bucket


def read_bucket_name(given: Any, param: str) -> str:
    """Raises `validation_error`. What looks like an id is none, or one name could mean two buckets."""
    if not isinstance(given, str) or not NAME.fullmatch(given) or ID.fullmatch(given) or given == ROOT:
        words = "The name of a bucket must be 1 to 100 letters, digits, dots, hyphens or underscores, and not root."
        raise invalid(param, words)
    return given


def check_is_free(queries: Queries, user_id: str, name: str, param: str) -> None:
    """Raises `validation_error`."""
    if queries.buckets.find(user_id, name):
        raise invalid(param, "There is a bucket of this name already.")


def make_bucket(
    queries: Queries, services: Services, user_id: str, name: str, *, is_public: bool, tags: list[str]
) -> Bucket:
    """Raises `request_body_size_too_large`."""
    check_room(queries, services, user_id, "bucket")
    now = services.clock()
    bucket = Bucket(new_id(), user_id, name, is_public, json.dumps(tags), created_at=now, updated_at=now)
    queries.buckets.insert(bucket)
    return bucket
