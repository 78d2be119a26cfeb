"""Accounts without a password, as "This wasn't me" leaves them, but quicker."""

from collections.abc import Mapping

from sqlalchemy import NullPool, create_engine, update

from backend.settings import Settings
from backend.store.tables import users
from tests.kit.backend import Backend
from tests.kit.contract import Answer
from tests.kit.mailbox import code_in
from tests.kit.people import Person


def remove_password(environ: Mapping[str, str], person: Person, provider: str | None = None) -> None:
    """Take the password of an account out of the site's database, and say with which provider it was made."""
    engine = create_engine(Settings.from_environment(environ).database.url, poolclass=NullPool)
    with engine.begin() as database:
        values = {"password_hash": None, "provider": provider}
        changed = database.execute(update(users).where(users.c.email == person.email).values(values))
        assert changed.rowcount == 1


async def joins_without_a_password(backend: Backend) -> str:
    me = await backend.joins()
    values = {"password_hash": None}
    await backend.services.store.write(lambda queries: queries.users.update(me.body["user"]["_id"], values))
    return me.token


async def asks_for_a_session_code(backend: Backend, token: str) -> str:
    backend.clock.advance(minutes=1)
    assert (await backend.post("/account/confirm/code", session=token)).status == 200
    await backend.waits_for_mails()
    return code_in(await backend.newest_mail())


async def types_session_code(backend: Backend, token: str, code: str) -> Answer:
    return await backend.post("/account/confirm", {"code": code}, session=token)
