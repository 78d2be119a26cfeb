"""The contract's shapes of storage: the JSON of buckets and files. Times are texts in ISO 8601."""

import json
from typing import Any

from backend.kernel.clock import format_timestamp
from backend.store.records import Bucket, File, Usage


def bucket_to_json(bucket: Bucket) -> dict[str, Any]:
    return {
        "_id": bucket.id,
        "name": bucket.name,
        "isPublic": bucket.is_public,
        "userId": bucket.user_id,
        "tags": json.loads(bucket.tags),
        "createdAt": format_timestamp(bucket.created_at),
        "updatedAt": format_timestamp(bucket.updated_at),
    }


def root_bucket_to_json(environment_id: str) -> dict[str, Any]:
    """Return the JSON of the bucket that everybody has."""
    return {"_id": environment_id, "name": "root", "isPublic": True, "tags": []}


def usage_to_json(usage: Usage) -> dict[str, Any]:
    return {
        "objectsCount": usage.count,
        "totalStorageSize": usage.bytes,
        "averageObjectSize": usage.bytes / usage.count if usage.count else 0,
        "minObjectSize": usage.smallest,
        "maxObjectSize": usage.largest,
    }


def file_to_json(file: File, public_path: str, bucket_id: str) -> dict[str, Any]:
    return {
        "_id": file.id,
        "bucketId": bucket_id,
        "fileName": file.name,
        "size": file.size,
        "encoding": "7bit",
        "mimeType": file.mime_type,
        "publicPath": public_path,
        "isPublic": file.is_public,
        "uploadedAt": format_timestamp(file.uploaded_at),
        "updatedAt": format_timestamp(file.updated_at),
        "userId": file.user_id,
        "tags": json.loads(file.tags),
    }
