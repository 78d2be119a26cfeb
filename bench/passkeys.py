"""What passkeys and authenticator apps cost the backend: processor time of a log-in and of a check, and the memory of
the library that verifies passkeys, which a process loads with the first of them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pyotp

from backend.kernel.keys import Keyring
from backend.kernel.totp import TOLERATED_STEPS, find_step, new_secret
from bench.programs import Program, run_program
from bench.report import Row
from bench.turns import Effort, Ratio
from tests.kit.authenticator import Authenticator
from tests.kit.contract import Contract, call_over_tcp
from tests.kit.filled_databases import SECRET_KEY, email, new_sqlite, site_environ
from tests.kit.passkeys import adds, asks, sends
from tests.kit.people import CHROME

PEOPLE = 10
TIMES = 20  # log-ins of each in a round
CHECKS = 1000
MILLISECONDS = 1000


@dataclass(frozen=True)
class Member:
    """Somebody with a passkey, whose browser is known."""

    passkey: Authenticator
    device: str

    @property
    def headers(self) -> dict[str, str]:
        return {"X-Device": self.device}


def measure(effort: Effort, folder: Path) -> list[Row]:
    environ = site_environ(folder, DATABASE_URL=new_sqlite(folder / "passkeys.sqlite", PEOPLE))
    with run_program("backend", environ, folder) as backend:
        rows = asyncio.run(_measure_log_ins(backend, effort.rounds))
    checks = _spread([_check_codes() for _ in range(effort.rounds)])
    return [*rows, Row("check of an app's code", checks, "ms of processor", most=1)]


async def _measure_log_ins(backend: Program, rounds: int) -> list[Row]:
    async with call_over_tcp(backend.url, user_agent=CHROME) as client:
        origin = (await client.get("/account/capabilities")).body["passkeys"]["origin"]
        token = (await client.signs_in(email(0))).token
        before, began = backend.memory, time.perf_counter()
        first = Member(await adds(client, token, Authenticator(origin=origin)), _name_device(0))
        took, added = time.perf_counter() - began, backend.memory - before
        members = [first, *[await _join(client, person, origin) for person in range(1, PEOPLE)]]
        spent = [await _log_in_all(client, backend, members) for _ in range(rounds)]
    return [
        Row("log-in with a passkey, the backend alone", _spread(spent), "ms of processor", most=3),
        Row(
            "memory of the first passkey",
            Ratio(added, added, added),
            "MB",
            beside={"ms until it is verified": took * MILLISECONDS, "MB before": before},
        ),
    ]


async def _join(client: Contract, person: int, origin: str) -> Member:
    token = (await client.signs_in(email(person))).token
    return Member(await adds(client, token, Authenticator(origin=origin)), _name_device(person))


async def _log_in_all(client: Contract, backend: Program, members: Sequence[Member]) -> float:
    """Return the milliseconds of one log-in, of which asking for the options and signing are no part."""
    for_each = [member for _ in range(TIMES) for member in members]
    answers = [(member, member.passkey.signs(await asks(client))) for member in for_each]
    before = backend.cpu
    for member, answer in answers:
        opened = await sends(client, answer, headers=member.headers)
        if opened.status != 200:
            raise RuntimeError(f"a log-in was refused: {opened.body}")
    return (backend.cpu - before) * MILLISECONDS / len(answers)


def _check_codes() -> float:
    """Return the milliseconds of one check, its secret decrypted and encrypted again."""
    keyring, secret = Keyring([SECRET_KEY]), new_secret()
    stored, now = keyring.encrypt(secret), datetime.now(UTC)
    code = pyotp.TOTP(secret).at(now)
    before = time.process_time()
    for _ in range(CHECKS):
        known = keyring.decrypt(stored)
        if known is None or find_step(known, code, now, around=TOLERATED_STEPS) is None:
            raise RuntimeError("a right code was refused")
        stored = keyring.reencrypt(stored)
    return (time.process_time() - before) * MILLISECONDS / CHECKS


def _name_device(person: int) -> str:
    return f"the browser of person {person}, at random"


def _spread(values: Sequence[float]) -> Ratio:
    ordered = sorted(values)
    return Ratio(ordered[len(ordered) // 2], ordered[0], ordered[-1])
