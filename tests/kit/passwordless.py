"""Accounts without a password, as "This wasn't me" leaves them, but quicker."""

from collections.abc import Mapping

from sqlalchemy import NullPool, create_engine, update

from backend.settings import Settings
from backend.store.tables import users
from tests.kit.people import Person


def remove_password(environ: Mapping[str, str], person: Person) -> None:
    """Take the password of an account out of the site's database."""
    engine = create_engine(Settings.from_environment(environ).database.url, poolclass=NullPool)
    with engine.begin() as database:
        changed = database.execute(update(users).where(users.c.email == person.email).values(password_hash=None))
        assert changed.rowcount == 1
