"""`python -m backend remove-factors EMAIL`: whoever runs the site removes lost factors."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.kit.authenticator import Authenticator
from tests.kit.backend import Backend, run_backend
from tests.kit.clock import Clock
from tests.kit.contract import link_in
from tests.kit.contract_sessions import is_open
from tests.kit.databases import databases
from tests.kit.history import load_events
from tests.kit.lost_factors import (
    ADA,
    LAPTOP,
    begins_waiting_by_mail,
    gets_ticket,
    has_two_step,
    is_waiting,
    joins_with_two_step,
    list_stored_kinds,
)
from tests.kit.notices import disowns
from tests.kit.passkeys import adds, logs_in
from tests.kit.serving import run_to_its_end
from tests.kit.two_step import App, takes_second_step, turns_on_two_step

pytestmark = pytest.mark.both_databases

SAID = "Two-step verification is removed. Everybody is logged out of the account; its owner is mailed.\n"
REMOVED = "Two-step verification was removed"


@pytest.fixture
async def backend(tmp_path: Path) -> AsyncIterator[Backend]:
    """The command has the clock of the computer, and the backend that runs meanwhile does, too."""
    async with run_backend(tmp_path, Clock(datetime.now(UTC))) as backend:
        yield backend


async def commands(backend: Backend, folder: Path, email: str) -> tuple[int, str, str]:
    """Run it beside the backend. Its status, and what it said."""
    environ = {"DATA_DIR": str(folder), **databases.environ(folder)}
    ended = await asyncio.to_thread(run_to_its_end, "backend", environ, folder, ("remove-factors", email))
    backend.clock.now = max(backend.clock.now, datetime.now(UTC))
    await backend.waits_for_mails()
    return ended.returncode, ended.stdout, ended.stderr


async def list_mails(backend: Backend, about: str) -> list[str]:
    return [mail for mail in await backend.mails() if about in mail]


async def joins_with_every_factor(backend: Backend) -> tuple[str, App, Authenticator]:
    """Ada, in a session that goes on."""
    await backend.joins()
    session = (await backend.signs_in()).token
    passkey = await adds(backend, session)
    return session, await turns_on_two_step(backend, session), passkey


async def test_it_removes_all_factors_and_logs_everybody_out(backend: Backend, tmp_path: Path) -> None:
    session, app, passkey = await joins_with_every_factor(backend)
    ticket = await gets_ticket(backend)
    await begins_waiting_by_mail(backend)
    assert await commands(backend, tmp_path, "Ada@Example.com") == (0, SAID, "")

    assert not await has_two_step(backend)
    assert not await is_waiting(backend)
    assert not await is_open(backend, session)
    assert (await takes_second_step(backend, ticket, app.next_code(), headers=LAPTOP)).code == "invalid_ticket"
    assert (await logs_in(backend, passkey)).status == 401
    signed_in = await backend.signs_in()
    assert (signed_in.status, signed_in.body["session"]["factors"]) == (200, []), "the password stays"
    factors = (await backend.get("/account/factors", session=signed_in.token)).body
    assert (factors["twoStepDtm"], factors["totp"], factors["recoveryCodes"]) == (None, None, None)


async def test_it_writes_the_history_and_mails_the_owner_whoever_runs_the_site_did_it(
    backend: Backend, tmp_path: Path
) -> None:
    await joins_with_every_factor(backend)
    assert (await commands(backend, tmp_path, ADA))[0] == 0
    [mail] = await list_mails(backend, REMOVED)
    assert "The operator of " in mail
    assert "IP address" not in mail
    assert "unknown browser" not in mail

    events = await load_events(backend, (await backend.signs_in()).token)
    removed = [event for event in events if event["ip"] == ""]
    assert sorted((event["kind"], event["details"].get("factor", "")) for event in removed) == [
        ("factor.removed", "recovery-code"),
        ("factor.removed", "totp"),
        ("factors.recovered", ""),
        ("passkey.removed", ""),
        ("two-step.off", ""),
    ]


async def test_whoever_did_not_ask_for_it_takes_the_account_back_by_the_mail(backend: Backend, tmp_path: Path) -> None:
    await joins_with_two_step(backend)
    assert (await commands(backend, tmp_path, ADA))[0] == 0
    stranger = (await backend.signs_in()).token
    [mail] = await list_mails(backend, REMOVED)
    assert await disowns(backend, (await backend.opens(link_in(mail))).token) == 200
    assert not await is_open(backend, stranger)
    assert (await backend.signs_in()).code == "invalid_sign_in_credentials"


@pytest.mark.one_database
@pytest.mark.parametrize("email", ["nobody@example.com", "ada", "", "ada@example.com\x1b[31m"], ids=repr)
async def test_where_there_is_no_such_account_nothing_is_done(backend: Backend, tmp_path: Path, email: str) -> None:
    session, _app = await joins_with_two_step(backend)
    complaint = f"No account with two-step verification has the email address or phone number {email!a}\n"
    assert await commands(backend, tmp_path, email) == (1, "", complaint)
    assert await has_two_step(backend)
    assert await is_open(backend, session)
    assert not await list_mails(backend, REMOVED)


async def test_a_second_time_there_is_nothing_to_remove(backend: Backend, tmp_path: Path) -> None:
    await joins_with_two_step(backend)
    assert (await commands(backend, tmp_path, ADA))[0] == 0
    session = (await backend.signs_in()).token
    status, said, complaint = await commands(backend, tmp_path, ADA)
    assert (status, said) == (1, "")
    assert complaint == f"No account with two-step verification has the email address or phone number '{ADA}'\n"
    assert await is_open(backend, session)
    assert (await list_stored_kinds(backend)).count("factors.recovered") == 1
    assert len(await list_mails(backend, REMOVED)) == 1


@pytest.mark.one_database
def test_where_there_is_no_database_none_is_made(tmp_path: Path) -> None:
    """Another DATA_DIR than the backend's is a mistake, and not an installation without accounts."""
    ended = run_to_its_end("backend", {"DATA_DIR": str(tmp_path)}, tmp_path, ("remove-factors", ADA))
    missing = tmp_path / "accounts.db"
    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr == f"DATABASE_URL: there is no database {missing}\n"
    assert not missing.exists()


@pytest.mark.one_database
def test_without_an_address_it_says_how_it_is_used(tmp_path: Path) -> None:
    ended = run_to_its_end("backend", {"DATA_DIR": str(tmp_path)}, tmp_path, ("remove-factors",))
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "remove-factors [-h] name" in ended.stderr
