"""The export: everything kept about a person as one ZIP, made while it is sent.

Rows and files are read in small pieces, and a thread puts them into the archive: an export holds up nobody, and takes
as little memory for a large account as for a small one.
"""

import asyncio
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from datetime import datetime
from typing import Any

from backend.kernel.events import EventKind
from backend.kernel.file_addresses import find_file_id
from backend.kernel.zip_stream import ZipStream
from backend.rules import limits
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event
from backend.rules.export_readme import write_readme
from backend.rules.limits import EXPORTS_OF_ACCOUNT
from backend.rules.reauthentication import require_recent_confirmation
from backend.rules.running_exports import Lease
from backend.rules.sessions import SignedIn
from backend.store import Queries
from backend.store.queries.exports import TABLES, USERS, Place
from backend.store.records import User

ROWS_AT_ONCE = 100
README, ACCOUNT = "README.txt", "account.json"
HOLD_JSON = frozenset({"fields", "tags", "details", "device", "profile", "transports"})  # columns
UNSAFE = re.compile(r"[^\w.() -]|^\.+")  # in the name of a file that is unpacked somewhere
LONGEST_NAME = 100
zipping = ThreadPoolExecutor(2, thread_name_prefix="export")


async def stream_export(services: Services, me: SignedIn, client: ClientInfo) -> AsyncGenerator[bytes]:
    """Yield the export of the caller's account, piece by piece.

    Raises before the first of them `confirmation_required`, `rate_limit_exceeded` or `server_busy`.
    """
    require_recent_confirmation(services, me)
    with services.running_exports.take():
        lease = await services.store.write(_begin, services, me, client, services.clock())
        async with lease.hold(services.store, services.clock), aclosing(_list_pieces(services, me, client)) as pieces:
            async for piece in pieces:
                yield piece


def _begin(queries: Queries, services: Services, me: SignedIn, client: ClientInfo, now: datetime) -> Lease:
    lease = Lease.take(queries, services.keyring.derive_pseudonym(f"running-export:{me.user.id}"), now)
    limits.count(queries, services, [limits.make_counter(services, EXPORTS_OF_ACCOUNT, f"export:{me.user.id}")])
    record_event(queries, me.user.id, EventKind.DATA_EXPORTED, client, now)
    return lease


async def _list_pieces(services: Services, me: SignedIn, client: ClientInfo) -> AsyncGenerator[bytes]:
    archive = _Archive(services.clock())
    readme = write_readme(services, me.user, client)
    async for piece in archive.add(README, _once(readme)):
        yield piece
    for table in TABLES:
        name = ACCOUNT if table == USERS else f"{table}.json"
        async for piece in archive.add(name, _list_rows(services, me.user, table)):
            yield piece
    async for file in _list_files(services, me.user):
        async for piece in archive.add(_name_file(file, me.user), _read_file(services, file), compress=False):
            yield piece
    yield await archive.finish()


class _Archive:
    """An archive that is put together in a thread."""

    def __init__(self, now: datetime) -> None:
        self._zip = ZipStream(now)

    async def add(self, name: str, content: AsyncIterator[bytes], *, compress: bool = True) -> AsyncIterator[bytes]:
        """Yield the bytes of one more entry."""
        yield self._zip.begin(name, compress=compress)
        async for piece in content:
            yield await _in_thread(self._zip.write, piece)
        yield await _in_thread(self._zip.end)

    async def finish(self) -> bytes:
        return await _in_thread(self._zip.finish)


async def _in_thread(work: Callable[..., bytes], *args: Any) -> bytes:
    return await asyncio.get_running_loop().run_in_executor(zipping, work, *args)


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _list_rows(services: Services, user: User, table: str) -> AsyncIterator[bytes]:
    """Yield a table's rows as one JSON list."""
    yield b"["
    separator = "\n"
    async for page in _list_pages(services, user, table):
        yield await _in_thread(_encode_rows, page, separator)
        separator = ",\n"
    yield b"\n]\n"


async def _list_pages(services: Services, user: User, table: str) -> AsyncIterator[list[Mapping[str, Any]]]:
    after: Place | None = None
    while True:
        page, after = await services.store.read(_list_page, table, user.id, after)
        if page:
            yield page
        if after is None:
            return


def _list_page(
    queries: Queries, table: str, user_id: str, after: Place | None
) -> tuple[list[Mapping[str, Any]], Place | None]:
    return queries.exports.list_rows(table, user_id, ROWS_AT_ONCE, after)


def _encode_rows(page: Sequence[Mapping[str, Any]], separator: str) -> bytes:
    rows = [{name: _value_to_json(name, value) for name, value in row.items()} for row in page]
    return (separator + ",\n".join(json.dumps(row, ensure_ascii=False, indent=2) for row in rows)).encode()


def _value_to_json(name: str, value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return json.loads(value) if name in HOLD_JSON and isinstance(value, str) else value


async def _list_files(services: Services, user: User) -> AsyncIterator[Mapping[str, Any]]:
    async for page in _list_pages(services, user, "files"):
        for file in page:
            yield file


def _name_file(file: Mapping[str, Any], user: User) -> str:
    """Return where a file stands in the archive: the photo of the profile on top, the others under their own names."""
    name = UNSAFE.sub("_", file["name"])[-LONGEST_NAME:]
    if file["id"] == find_file_id(user.profile_picture):
        return f"photo.{file['mime_type'].rpartition('/')[2]}"
    return f"files/{file['id']}-{name}"


async def _read_file(services: Services, file: Mapping[str, Any]) -> AsyncIterator[bytes]:
    """Yield a file's bytes; no more where it is deleted meanwhile."""
    number = 0
    while piece := await services.store.read(_read_piece, file["id"], number):
        yield piece
        number += 1


def _read_piece(queries: Queries, file_id: str, number: int) -> bytes | None:
    return queries.files.read_piece(file_id, number)
