"""Changing what is said of a file of one's own: its name, its tags, who may see it. Its content never changes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from backend.kernel import fields
from backend.kernel.refusals import invalid
from backend.kernel.tags import add_tags, read_tags, remove_tags
from backend.rules.context import Services
from backend.rules.files import FileRef, find_free_name, get_own_file
from backend.store import Queries
from backend.store.records import File


@dataclass(frozen=True)
class Description:
    """What is said of a file or a bucket, as it was sent, which may be any JSON. None: as before."""

    name: Any
    is_public: Any
    tags: Any


async def set_file_visibility(services: Services, ref: FileRef, *, is_public: bool) -> File:
    """Make a file public or private. Caches that have seen it while it was public may keep it. Raises as `get_file`."""
    return await services.store.write(_set_visibility, services, ref, services.clock(), is_public=is_public)


async def rename_file(services: Services, ref: FileRef, new_name: Any) -> File:
    """Rename a file; a name that is taken gets a suffix. Raises as `get_file`, or `validation_error`."""
    return await services.store.write(_rename, services, ref, new_name, services.clock())


async def add_file_tags(services: Services, ref: FileRef, tags: Any) -> File:
    """Add a tag or several to a file. Raises as `get_file`, or `validation_error`."""
    return await services.store.write(_add_tags, services, ref, read_tags(tags, "tags"), services.clock())


async def remove_file_tags(services: Services, ref: FileRef, tags: Any) -> File:
    """Take a tag or several from a file; others are no error. Raises as `get_file`, or `validation_error`."""
    return await services.store.write(_remove_tags, services, ref, read_tags(tags, "tags"), services.clock())


async def update_file(services: Services, ref: FileRef, description: Description) -> File:
    """Set name, visibility and tags of a file, or those of them that are not None, at once.

    Raises as `get_file`, or `validation_error`.
    """
    return await services.store.write(_update, services, ref, description, services.clock())


def _set_visibility(queries: Queries, services: Services, ref: FileRef, now: datetime, *, is_public: bool) -> File:
    return queries.files.update(get_own_file(queries, services, ref), is_public=is_public, updated_at=now)


def _rename(queries: Queries, services: Services, ref: FileRef, new_name: Any, now: datetime) -> File:
    file = get_own_file(queries, services, ref)
    return queries.files.update(file, name=_read_free_name(queries, file, new_name), updated_at=now)


def _read_free_name(queries: Queries, file: File, new_name: Any) -> str:
    name = fields.file_name(new_name, "newName")
    return name if name == file.name else find_free_name(queries, name)


def _add_tags(queries: Queries, services: Services, ref: FileRef, tags: list[str], now: datetime) -> File:
    file = get_own_file(queries, services, ref)
    return queries.files.update(file, tags=add_tags(file.tags, tags), updated_at=now)


def _remove_tags(queries: Queries, services: Services, ref: FileRef, tags: list[str], now: datetime) -> File:
    file = get_own_file(queries, services, ref)
    return queries.files.update(file, tags=remove_tags(file.tags, tags), updated_at=now)


def _update(queries: Queries, services: Services, ref: FileRef, description: Description, now: datetime) -> File:
    file = get_own_file(queries, services, ref)
    return queries.files.update(
        file,
        name=file.name if description.name is None else _read_free_name(queries, file, description.name),
        is_public=read_visibility(description.is_public, before=file.is_public),
        tags=read_new_tags(description.tags, before=file.tags),
        updated_at=now,
    )


def read_new_tags(given: Any, *, before: str) -> str:
    """Read `tags` as the store has them, or return those from before. Raises `validation_error`."""
    return before if given is None else add_tags("[]", read_tags(given, "tags"))


def read_visibility(given: Any, *, before: bool) -> bool:
    """Read `isPublic`, or return what it was before. Raises `validation_error`."""
    if given is not None and not isinstance(given, bool):
        raise invalid("isPublic", "isPublic must be true or false.")
    return before if given is None else given
