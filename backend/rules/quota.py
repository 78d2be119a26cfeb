"""The storage quota: how much one user's files and buckets may take."""

from backend.kernel.refusals import refusal
from backend.rules.context import Services
from backend.store import Queries

RECORD = 1024  # bytes that each file and bucket counts beside its content, so that empty ones have an end too


def check_room(queries: Queries, services: Services, user_id: str, kind: str, size: int = 0) -> None:
    """Raise `request_body_size_too_large` where one more of the kind, `file` or `bucket`, would be too much."""
    used = queries.files.measure_usage(user_id)
    records = used.count + queries.buckets.count(user_id) + 1
    if used.bytes + size + records * RECORD > services.settings.files.quota:
        words = f"There is no room left for this {kind}. Delete files first."
        raise refusal("request_body_size_too_large", param=kind, message=words)
