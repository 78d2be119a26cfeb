"""The site with its backend in one process, on PostgreSQL: a newcomer all the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.app import NewBrowser
from tests.kit.hashing import hash_quickly
from tests.kit.people import (
    ADA,
    CHROME,
    LOGIN_LINK,
    asks_for_a_link,
    is_signed_in,
    joins,
    logs_in,
    logs_out,
    sends_photo,
)
from tests.kit.people import opens_mailed_link as opens_link
from tests.kit.photo_files import photo
from tests.kit.postgres import address, server
from tests.kit.profile_page import find_photo
from tests.kit.visitor import Visitor


@pytest.fixture
def environ(tmp_path: Path) -> Iterator[dict[str, str]]:
    url = server().lend()
    yield hash_quickly({"DATA_DIR": str(tmp_path / "var"), "DATABASE_URL": address(url), "OUTBOX": "on"})
    server().take_back(url)


async def test_a_newcomer_all_the_way(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    assert (visitor.path, visitor.who) == ("/profile", ADA.name)

    await visitor.follows("Change name")
    await visitor.submits("Save", name="Countess Ada")
    await sends_photo(visitor, photo())
    assert visitor.status_message == "Photo saved."
    assert (await visitor.http.get(find_photo(visitor))).status_code == 200

    phone = new_browser(CHROME)
    await logs_in(phone, ADA)
    assert (phone.who, find_photo(phone)) == ("Countess Ada", find_photo(visitor))
    await logs_out(visitor)
    assert not await is_signed_in(visitor)
    assert await is_signed_in(phone)

    await asks_for_a_link(visitor, ADA)
    await opens_link(visitor, ADA, LOGIN_LINK)
    await visitor.submits(f"Log in as {ADA.email}")
    assert visitor.path == "/profile"


async def test_the_file_is_not_even_made(visitor: Visitor, environ: dict[str, str]) -> None:
    await joins(visitor, ADA)
    assert files_of_sqlite(environ["DATA_DIR"]) == []


def files_of_sqlite(folder: str) -> list[Path]:
    return list(Path(folder).glob("*.db*"))
