"""People who leave, and what is left of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from sqlalchemy import NullPool, create_engine, text

from backend.store.tables import metadata
from backend.tasks.cleanup import delete_expired_rows
from tests.kit.backend import Backend, file_of, run_backend
from tests.kit.contract import Answer
from tests.kit.mail_server import RefusingServer
from tests.kit.mailbox import code_in, first_link, text_of

PHOTO = b"a photo that is like no other " * 3000  # more than a piece
FILES = 12  # of a person, more than are deleted in one transaction
TRACES = (b"ada@example.com", b"Lovelace", b"like no other")


@asynccontextmanager
async def run_mailing_backend(folder: Path, smtp: RefusingServer, **environ: str) -> AsyncIterator[Backend]:
    """A backend that sends its mails, and whose people are in at once."""
    given = {"SMTP_URL": smtp.url, "MAIL_FROM": "accounts@example.org", "EMAIL_CONFIRMATION": "off", **environ}
    async with run_backend(folder, None, **given) as backend:
        yield backend


async def lives_here(backend: Backend, email: str = "ada@example.com", name: str = "Ada Lovelace") -> Answer:
    """A person with a photo, some files and a bucket, just logged in."""
    me = await backend.joins(email, name=name)
    await uploads(backend, me.token, "photo", tags='["avatar"]')
    for number in range(FILES):
        await uploads(backend, me.token, f"note of {email} {number}")
    await backend.post("/storage/create-bucket", {"name": "private", "isPublic": False}, session=me.token)
    return me


async def uploads(backend: Backend, session: str, name: str, tags: str = "[]") -> None:
    files = {"file": (name, PHOTO, "image/webp")}
    params = {"bucket": "root", "fileName": name, "options": f'{{"tags": {tags}, "isPublic": true}}'}
    answer = await backend.post("/storage/bucket/upload-formdata", params=params, files=files, session=session)
    assert answer.status == 200, answer.body


async def leaves(backend: Backend, session: str, **body: Any) -> Answer:
    answer = await backend.post("/account/leave", body, session=session)
    await backend.waits_for_mails()
    return answer


async def comes_back(backend: Backend) -> str:
    """Ada leaves, and logs in again: she may still decide. Returns the session."""
    me = await lives_here(backend)
    assert (await leaves(backend, me.token)).status == 200
    return (await backend.signs_in()).token


async def asks_to_be_gone(backend: Backend, session: str) -> Answer:
    """Ask for the mail that confirms that the account is deleted at once."""
    backend.clock.advance(minutes=1)  # within seconds it would be the same request
    answer = await backend.post("/account/leave/now/code", session=session)
    await backend.waits_for_mails()
    return answer


async def types(backend: Backend, session: str, code: str, **body: Any) -> Answer:
    answer = await backend.post("/account/leave/now", {"code": code, **body}, session=session)
    await backend.waits_for_mails()
    return answer


async def is_there(backend: Backend) -> bool:
    """Whether Ada's account still waits for its end."""
    return "leavingDtm" in (await backend.signs_in()).body.get("user", {})


async def cleans_up(backend: Backend) -> None:
    await delete_expired_rows(backend.services)
    await backend.waits_for_mails()


def list_letters(smtp: RefusingServer) -> list[str]:
    """Say by their subjects what Ada was told of her account."""
    mails = smtp.received(to="ada@example.com", subject="Your account")
    return [str(mail["Subject"]).partition(":")[0] for mail in mails]


def text_of_newest(smtp: RefusingServer) -> str:
    return text_of(smtp.messages[-1])


def deletion_of(smtp: RefusingServer) -> EmailMessage:
    """The newest mail that confirms that Ada's account is deleted at once."""
    return smtp.received(to="ada@example.com", subject="Confirm the deletion")[-1]


def code_of_deletion(smtp: RefusingServer) -> str:
    return code_in(text_of(deletion_of(smtp)))


def link_of_deletion(smtp: RefusingServer) -> str:
    return first_link(deletion_of(smtp))


def newest_link(smtp: RefusingServer) -> str:
    return first_link(smtp.messages[-1])


def tables_with(backend: Backend, trace: str) -> list[str]:
    """The tables that have the text in any of their rows."""
    engine = create_engine(backend.settings.database.url, poolclass=NullPool)
    with engine.connect() as database:
        rows = {table: database.execute(text(f"SELECT * FROM {table}")).all() for table in metadata.tables}
    return [table for table, found in rows.items() if trace in str(found)]


def files_with(backend: Backend, trace: bytes) -> list[str]:
    """The files of SQLite that have the bytes anywhere in them."""
    folder = file_of(backend.settings).parent
    return [file.name for file in folder.iterdir() if file.is_file() and trace in file.read_bytes()]
