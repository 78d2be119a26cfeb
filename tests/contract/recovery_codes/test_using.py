"""A recovery code stands once for the second factor: at a log-in, and where a session is confirmed."""

import asyncio
import time

import pytest

from backend.queue.delivery import POLL_SECONDS
from tests.kit.backend import Backend
from tests.kit.contract import Answer
from tests.kit.history import load_events
from tests.kit.people import PASSWORD
from tests.kit.recovery_codes import PATH, has_codes, keeps_codes, makes_codes
from tests.kit.two_step import adds_app, ticket_of

pytestmark = pytest.mark.both_databases

LAPTOP = {"X-Device": "a laptop without a phone"}
GATE = "/account/factors/sign-in"
NONE_OF_THEM = "BBBB-BBBB-BBBB-BBBB"


async def joins_with_codes(backend: Backend) -> tuple[str, list[str]]:
    """Ada with two-step verification. Returns a session of hers, and her recovery codes."""
    await backend.joins()
    token = (await backend.signs_in()).token
    await adds_app(backend, token)
    return token, await has_codes(backend, token)


async def gets_ticket(backend: Backend) -> str:
    return ticket_of(await backend.signs_in(headers=LAPTOP))


async def uses(backend: Backend, ticket: str, code: str) -> Answer:
    return await backend.post(GATE, {"ticket": ticket, "recoveryCode": code}, headers=LAPTOP)


async def count_left(backend: Backend, session: str) -> int:
    return int((await backend.get("/account/factors", session=session)).body["recoveryCodes"]["left"])


async def test_each_code_lets_in_once_and_it_is_told_how_many_are_left(backend: Backend) -> None:
    _, codes = await joins_with_codes(backend)
    for number, code in enumerate(codes, start=1):
        backend.clock.advance(seconds=10)
        taken = await uses(backend, await gets_ticket(backend), code)
        assert (taken.status, taken.body["session"]["factors"]) == (200, ["recovery-code"]), taken.body
        assert taken.body["recoveryCodesLeft"] == 10 - number
        assert await count_left(backend, taken.token) == 10 - number
    event = next(each for each in await load_events(backend, taken.token) if each["kind"] == "recovery-code.used")
    assert event["details"] == {"left": 0}
    assert ticket_of(await backend.signs_in(headers=LAPTOP))
    refused = (await backend.signs_in(headers=LAPTOP)).body["errors"][0]["details"]
    assert refused["factors"] == ["totp"], "there is none to be asked for"


async def test_a_code_is_read_however_it_is_typed(backend: Backend) -> None:
    _, codes = await joins_with_codes(backend)
    for typed in (codes[0].lower(), codes[1].replace("-", ""), f" {codes[2].replace('-', ' ')} ", codes[3].lower()):
        backend.clock.advance(seconds=10)
        assert (await uses(backend, await gets_ticket(backend), typed)).status == 200, typed


@pytest.mark.one_database
@pytest.mark.parametrize("typed", ["", "WDJB-MJHT", NONE_OF_THEM + "B", 16 * "0", 5, None, ["B" * 16], "B" * 5000])
async def test_what_is_no_code_is_refused_and_no_try(backend: Backend, typed: object) -> None:
    await joins_with_codes(backend)
    ticket = await gets_ticket(backend)
    for _ in range(6):
        refused = await backend.post(GATE, {"ticket": ticket, "recoveryCode": typed}, headers=LAPTOP)
        assert (refused.code, refused.params) == ("validation_error", ["recoveryCode"])


async def test_a_used_code_is_as_wrong_as_any(backend: Backend) -> None:
    _, codes = await joins_with_codes(backend)
    assert (await uses(backend, await gets_ticket(backend), codes[0])).status == 200
    backend.clock.advance(seconds=10)
    ticket = await gets_ticket(backend)
    assert (await uses(backend, ticket, codes[0])).code == "wrong_code"
    assert (await uses(backend, ticket, codes[0][0] + codes[1][1:])).code == "wrong_code"
    assert (await uses(backend, ticket, NONE_OF_THEM)).code == "wrong_code"


async def test_of_fifty_log_ins_with_one_code_at_once_one_gets_in(backend: Backend) -> None:
    _, codes = await joins_with_codes(backend)
    tickets = [await gets_ticket(backend) for _ in range(8)]
    taken = await asyncio.gather(*(uses(backend, ticket, codes[0]) for ticket in tickets))
    assert sorted(answer.status for answer in taken) == [200, *[401] * 7]


async def test_a_double_click_uses_one_code_and_leads_both_in(backend: Backend) -> None:
    _, codes = await joins_with_codes(backend)
    ticket = await gets_ticket(backend)
    first, second = await asyncio.gather(*(uses(backend, ticket, codes[0]) for _ in range(2)))
    assert (first.status, first.token) == (second.status, second.token)
    assert (first.body["recoveryCodesLeft"], second.body["recoveryCodesLeft"]) == (9, 9)


async def test_pending_codes_let_nobody_in_and_those_in_force_still_do(backend: Backend) -> None:
    token, codes = await joins_with_codes(backend)
    backend.clock.advance(seconds=10)
    pending = await makes_codes(backend, (await confirms(backend, token, codes[9])).token)
    ticket = await gets_ticket(backend)
    assert (await uses(backend, ticket, pending[0])).code == "wrong_code"
    assert (await uses(backend, ticket, codes[0])).status == 200


async def test_a_new_set_ends_the_old_one(backend: Backend) -> None:
    token, codes = await joins_with_codes(backend)
    token = (await confirms(backend, token, codes[9])).token
    new = await has_codes(backend, token)
    ticket = await gets_ticket(backend)
    assert (await uses(backend, ticket, codes[0])).code == "wrong_code"
    assert (await uses(backend, ticket, new[0])).status == 200


async def confirms(backend: Backend, session: str, code: str) -> Answer:
    return await backend.post("/account/confirm", {"recoveryCode": code}, session=session)


async def test_it_confirms_a_session_as_strongly_as_the_app(backend: Backend) -> None:
    token, codes = await joins_with_codes(backend)
    backend.clock.advance(minutes=16)
    assert "recovery-code" in (await backend.get("/account/confirm", session=token)).body["methods"]
    confirmed = await confirms(backend, token, codes[0])
    assert confirmed.status == 200, confirmed.body
    strong = await backend.get("/account/confirm", params={"strong": "true"}, session=confirmed.token)
    assert strong.body["confirmedUntil"] is not None
    assert await count_left(backend, confirmed.token) == 9
    assert (await confirms(backend, confirmed.token, codes[0])).code == "wrong_code"


async def test_with_two_step_verification_on_a_password_makes_no_new_codes(backend: Backend) -> None:
    """Or whoever has a session and the password would write themselves a second factor."""
    token, codes = await joins_with_codes(backend)
    backend.clock.advance(minutes=16)
    confirmed = await backend.post("/account/confirm", {"currentPassword": "three unrelated words"}, session=token)
    for answer in (
        await backend.post(PATH, session=confirmed.token),
        await keeps_codes(backend, confirmed.token),
    ):
        assert answer.code == "confirmation_required"
    strong = await confirms(backend, confirmed.token, codes[0])
    assert (await backend.post(PATH, session=strong.token)).status == 200


async def test_the_owner_is_mailed_with_the_number_left_and_ends_the_set(backend: Backend) -> None:
    token, codes = await joins_with_codes(backend)
    backend.clock.advance(minutes=5)
    thief = await uses(backend, await gets_ticket(backend), codes[0])
    mail = next(page for page in await backend.mails() if "A recovery code was used" in page)
    assert "9 codes are left." in mail
    assert codes[0] not in mail
    link = next(link for link in await backend.links() if "action=reset-pwd" in link)
    key = {"key": (await backend.opens(link)).token}
    assert (await backend.get("/auth/access-token", params=key)).body["notice"] == "recovery-code-used"
    assert (await backend.post("/auth/access-token/disown", params=key)).status == 200
    for session in (thief.token, token):
        assert (await backend.get("/auth/user", session=session)).code == "invalid_session_token"
    assert (await backend.post("/auth/reset-pwd", {"newPassword": "words of my own now"}, params=key)).status == 200
    refused = (await backend.signs_in(password="words of my own now", headers=LAPTOP)).body["errors"][0]["details"]
    assert refused["factors"] == ["totp"], "whoever has the sheet has nothing"


async def test_the_mail_about_it_leaves_at_once(backend: Backend) -> None:
    """And not when the delivery next looks for mails by itself."""
    token, codes = await joins_with_codes(backend)
    ticket, began = await gets_ticket(backend), time.monotonic()
    assert (await uses(backend, ticket, codes[0])).status == 200
    await backend.waits_for_mails()
    backend.clock.advance(minutes=1)
    assert (await confirms(backend, token, codes[1])).status == 200
    await backend.waits_for_mails()
    assert time.monotonic() - began < POLL_SECONDS


async def test_not_me_in_the_history_ends_the_set_too(backend: Backend) -> None:
    token, codes = await joins_with_codes(backend)
    backend.clock.advance(minutes=16)
    thief = (await uses(backend, await gets_ticket(backend), codes[0])).token
    used = next(each for each in await load_events(backend, token) if each["kind"] == "recovery-code.used")
    assert used["isDisownable"]
    about = {"id": used["_id"]}
    by_password = await backend.post("/account/confirm", {"currentPassword": PASSWORD}, session=token)
    assert (
        await backend.post("/account/event/disown", params=about, session=by_password.token)
    ).code == "confirmation_required"
    mine = (await confirms(backend, by_password.token, codes[1])).token
    assert (await backend.post("/account/event/disown", params=about, session=mine)).status == 200
    assert (await backend.get("/account/factors", session=mine)).body["recoveryCodes"] is None
    assert (await backend.get("/auth/user", session=thief)).code == "invalid_session_token"


async def test_at_three_the_mail_asks_for_a_new_set(backend: Backend) -> None:
    _, codes = await joins_with_codes(backend)
    for code in codes[:7]:
        backend.clock.advance(seconds=10)
        await uses(backend, await gets_ticket(backend), code)
        await backend.waits_for_mails()
    newest = next(page for page in await backend.mails() if "A recovery code was used" in page)
    assert "3 codes are left. Make new ones soon." in newest
