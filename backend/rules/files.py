"""Files of one's own, in a bucket, by name or id. Somebody else's file is refused as one that does not exist."""

from dataclasses import dataclass
from typing import Any

from backend.kernel import fields
from backend.kernel.file_addresses import find_file_id
from backend.kernel.keys import new_id
from backend.kernel.refusals import refusal
from backend.rules.buckets import BucketRef, find_bucket
from backend.rules.context import Services
from backend.rules.listing import ListRequest
from backend.store import Queries
from backend.store.records import File

URL_LIMIT = 2048  # characters


@dataclass(frozen=True)
class FileRef:
    """How a request names a file of the user's. `name_or_id` is as it was sent, and may be any JSON."""

    bucket: BucketRef
    name_or_id: Any

    @property
    def user_id(self) -> str:
        return self.bucket.user_id


async def load_files(services: Services, ref: BucketRef, request: ListRequest) -> tuple[list[File], int]:
    """Load one page of the user's files in a bucket, and count those of all pages. Raises `bucket_not_found`.

    Of anybody else's there are none.
    """
    return await services.store.read(_load_files, services, ref, request)


async def search_files(services: Services, user_id: str, request: ListRequest) -> tuple[list[File], int]:
    """Load one page of the user's files in all buckets, and count those of all pages."""
    return await services.store.read(_search_files, user_id, request)


async def find_file(services: Services, ref: FileRef) -> File | None:
    """Find a file. Raises `bucket_not_found`, or `validation_error` for what cannot be a name."""
    return await services.store.read(_find_file, services, ref)


async def get_file(services: Services, ref: FileRef) -> File:
    """Find a file, or raise `file_not_found`; also what `find_file` raises."""
    return await services.store.read(get_own_file, services, ref)


async def get_public_file(services: Services, environment: str, bucket: str, file_id: str) -> File:
    """Find a file by the three parts of its public address. Raises `file_not_found` or `not_public`."""
    return await services.store.read(_get_public_file, services, environment, bucket, file_id)


async def delete_file(services: Services, ref: FileRef) -> None:
    """Delete a file. Raises as `get_file`."""
    await services.store.write(_delete, services, ref)


async def delete_file_at(services: Services, user_id: str, url: Any) -> None:
    """Delete the file at a public address, of which only the path counts.

    Raises `file_not_found`, or `validation_error` for what is no text.
    """
    await services.store.write(_delete_by_id, user_id, find_file_id(fields.text(url, "fileUrl", URL_LIMIT)))


def _load_files(queries: Queries, services: Services, ref: BucketRef, request: ListRequest) -> tuple[list[File], int]:
    bucket = find_bucket(queries, services, ref)
    if request.is_about_others(ref.user_id):
        return [], 0
    page = request.page
    return queries.files.list_page(ref.user_id, bucket, page), queries.files.count_listed(ref.user_id, bucket, page)


def _search_files(queries: Queries, user_id: str, request: ListRequest) -> tuple[list[File], int]:
    if request.is_about_others(user_id):
        return [], 0
    return queries.files.list_everywhere(user_id, request.page), queries.files.count_everywhere(user_id, request.page)


def _find_file(queries: Queries, services: Services, ref: FileRef) -> File | None:
    bucket = find_bucket(queries, services, ref.bucket)
    return queries.files.find_in_bucket(ref.user_id, bucket, fields.text(ref.name_or_id, "file"))


def get_own_file(queries: Queries, services: Services, ref: FileRef) -> File:
    file = _find_file(queries, services, ref)
    if file is None:
        raise refusal("file_not_found", param="file")
    return file


def _get_public_file(queries: Queries, services: Services, environment: str, bucket: str, file_id: str) -> File:
    root = services.store.environment_id
    file = queries.files.find_by_id(file_id)
    if file is None or (environment, bucket) != (root, file.bucket_id or root):
        raise refusal("file_not_found")
    if not file.is_public:
        raise refusal("not_public")
    return file


def _delete(queries: Queries, services: Services, ref: FileRef) -> None:
    queries.files.delete(get_own_file(queries, services, ref).id)


def _delete_by_id(queries: Queries, user_id: str, file_id: str) -> None:
    if queries.files.find_for_user(user_id, file_id) is None:
        raise refusal("file_not_found", param="fileUrl")
    queries.files.delete(file_id)


def find_free_name(queries: Queries, name: str) -> str:
    """Return the name, with something random before its extension if it is taken."""
    if not queries.files.is_name_taken(name):
        return name
    stem, dot, extension = name.rpartition(".")
    return f"{stem}_{new_id()}.{extension}" if dot and stem else f"{name}_{new_id()}"
