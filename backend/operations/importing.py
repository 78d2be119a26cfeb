"""Importing users from a file of JSON lines, each a user as Altogic's API shows one."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO

from backend.kernel.clock import utc_now
from backend.kernel.refusals import Problem, RefusalError
from backend.kernel.strict_json import parse_object
from backend.rules.imports import add_users, is_unconfirmed, read_user
from backend.settings import Settings
from backend.store import Store, StoreError, open_store
from backend.store.opening import get_sqlite_path, is_sqlite
from backend.store.records import User

LINE_LIMIT = 64 * 1024  # bytes
USERS_AT_ONCE = 100  # added in one transaction, for the backend that runs meanwhile


class ImportFileError(Exception):
    """The file cannot be read."""


@dataclass
class Imported:
    """How many users were added, were here already, and had no confirmed address; `refused` tells of lines that are
    none."""

    added: int = 0
    known: int = 0
    unconfirmed: int = 0
    refused: list[str] = field(default_factory=list)


def import_users(settings: Settings, file: Path, *, takes_unconfirmed: bool) -> Imported:
    """Add the users of a file whose id and address are not known here. Without `takes_unconfirmed` only those whose
    address Altogic has seen confirmed.

    Raises ImportFileError, or StoreError, also where there is no database: a new one would be that of another site.
    """
    url = settings.database.url
    if is_sqlite(url) and not get_sqlite_path(url).is_file():
        raise StoreError(f"there is no database {get_sqlite_path(url)}")
    try:
        with file.open("rb") as lines:
            return asyncio.run(_import(settings, lines, takes_unconfirmed=takes_unconfirmed))
    except OSError as error:
        raise ImportFileError(f"{file} cannot be read: {error.strerror}") from error


async def _import(settings: Settings, lines: IO[bytes], *, takes_unconfirmed: bool) -> Imported:
    imported, store = Imported(), await open_store(settings.database.url)
    try:
        users = _read_users(lines, imported, takes_unconfirmed=takes_unconfirmed)
        while batch := list(islice(users, USERS_AT_ONCE)):
            await _add(store, batch, imported)
    finally:
        await store.close()
    return imported


async def _add(store: Store, users: list[User], imported: Imported) -> None:
    added = await store.write(add_users, users, utc_now())
    imported.added += added
    imported.known += len(users) - added


def _read_users(lines: IO[bytes], imported: Imported, *, takes_unconfirmed: bool) -> Iterator[User]:
    """Read the users of a file, and count in `imported` what is none. Nothing of a line is told: it may be a secret."""
    for number, line in enumerate(iter(lambda: lines.readline(LINE_LIMIT + 1), b""), 1):
        if len(line) > LINE_LIMIT:
            raise ImportFileError(
                f"line {number} has more than {LINE_LIMIT} bytes: each user needs a line of their own"
            )
        if not line.strip():
            continue
        try:
            record = parse_object(line)
            if not takes_unconfirmed and is_unconfirmed(record):
                imported.unconfirmed += 1
            else:
                yield read_user(record, utc_now())
        except RefusalError as error:
            imported.refused += [f"line {number}: {_describe(problem)}" for problem in error.problems]


def _describe(problem: Problem) -> str:
    if problem.code == "invalid_request_body_syntax":
        return "this is no JSON object"
    return f"{problem.details.get('param', '')}: {problem.message}"
