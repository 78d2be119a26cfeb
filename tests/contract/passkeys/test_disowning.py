"""A passkey that a thief has added goes with "This wasn't me", and when the old box takes an address back."""

import pytest

from tests.kit.authenticator import PRESENT, VERIFIED, Authenticator
from tests.kit.backend import Backend
from tests.kit.browsers_of_ada import LAPTOP, PHONE, is_logged_in, joins
from tests.kit.notices import disowns, token_of_notice
from tests.kit.passkeys import adds, asks, list_passkeys, logs_in, sends
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases


async def has_a_passkey(backend: Backend) -> tuple[str, Authenticator]:
    """Ada at her laptop, with a passkey of yesterday."""
    await joins(backend)
    token = (await backend.signs_in(headers=LAPTOP)).token
    own = await adds(backend, token)
    backend.clock.advance(days=1)
    return token, own


async def lets_a_thief_in(backend: Backend) -> tuple[str, Authenticator]:
    """Who knows the password, and adds a passkey of their own."""
    token = (await backend.signs_in(headers=PHONE)).token
    backend.clock.advance(minutes=2)
    return token, await adds(backend, token)


async def test_not_me_of_its_mail_removes_the_passkey_and_no_older_one(backend: Backend) -> None:
    _token, own = await has_a_passkey(backend)
    thief, theirs = await lets_a_thief_in(backend)
    token = await token_of_notice(backend)
    told = (await backend.get("/auth/access-token", params={"key": token})).body
    assert told["notice"] == "passkey-added"
    assert (await logs_in(backend, theirs)).status == 200
    assert await disowns(backend, token) == 200
    assert not await is_logged_in(backend, thief)
    assert (await logs_in(backend, theirs)).code == "unknown_passkey"
    assert (await logs_in(backend, own)).status == 200


async def test_not_me_of_the_log_in_before_removes_it_too(backend: Backend) -> None:
    """Or the thief would be back as soon as the owner has chosen a new password."""
    _token, own = await has_a_passkey(backend)
    await backend.signs_in(headers=PHONE)
    token = await token_of_notice(backend)
    theirs = await adds(backend, (await backend.signs_in(headers=PHONE)).token)
    assert await disowns(backend, token) == 200
    assert (await logs_in(backend, theirs)).code == "unknown_passkey"
    assert (await logs_in(backend, own)).status == 200


async def test_not_me_in_the_history_removes_it(backend: Backend) -> None:
    _token, own = await has_a_passkey(backend)
    thief, theirs = await lets_a_thief_in(backend)
    token = (await backend.signs_in(headers=LAPTOP)).token
    events = (await backend.get("/account/events", session=token)).body["events"]
    added = next(event for event in events if event["kind"] == "passkey.added")
    assert added["isDisownable"]
    assert (await backend.post("/account/event/disown", params={"id": added["_id"]}, session=token)).status == 200
    assert not await is_logged_in(backend, thief)
    assert [each["credentialId"] for each in await list_passkeys(backend, token)] == [own.id]
    assert (await logs_in(backend, theirs)).code == "unknown_passkey"


async def test_not_me_of_a_copied_key_removes_that_key(backend: Backend) -> None:
    await joins(backend)
    token = (await backend.signs_in(headers=LAPTOP)).token
    key = await adds(backend, token, Authenticator(step=1, count=9))
    other = await adds(backend, token)
    backend.clock.advance(days=1)
    copy = Authenticator(key=key.key, credential_id=key.credential_id, handle=key.handle, count=3)
    answer = copy.signs(await asks(backend))
    assert (await sends(backend, answer, headers=LAPTOP)).status == 200
    notice = await token_of_notice(backend)
    assert (await backend.get("/auth/access-token", params={"key": notice})).body["notice"] == "passkey-suspected"
    assert await disowns(backend, notice) == 200
    assert (await logs_in(backend, key)).code == "unknown_passkey"
    assert (await logs_in(backend, other)).status == 200


async def test_the_old_box_takes_an_address_back_and_with_it_passkeys_of_since(backend: Backend) -> None:
    token, own = await has_a_passkey(backend)
    thief = (await backend.signs_in(headers=PHONE)).token
    asked = await backend.post(
        "/account/email/pending", {"newEmail": "thief@example.com", "currentPassword": PASSWORD}, session=thief
    )
    assert asked.status == 200, asked.body
    undo = (await backend.opens((await backend.links_to("ada@example.com"))[0])).token
    backend.clock.advance(minutes=2)
    theirs = await adds(backend, thief)
    undone = await backend.post("/account/email/undo", params={"key": undo})
    assert undone.status == 200, undone.body
    assert not await is_logged_in(backend, token)
    assert (await logs_in(backend, theirs)).code == "unknown_passkey"
    assert (await logs_in(backend, own)).status == 200


async def test_whoever_proves_an_address_first_drops_the_passkeys_of_whoever_typed_it(
    unconfirming: Backend,
) -> None:
    stranger = (await unconfirming.signs_up()).token
    theirs = await adds(unconfirming, stranger, Authenticator(flags=PRESENT | VERIFIED))
    unconfirming.clock.advance(minutes=1)
    await unconfirming.post("/auth/send-magic", params={"email": "ada@example.com"})
    granted = await unconfirming.grants((await unconfirming.opens(await unconfirming.newest_link())).token)
    assert granted.status == 200, granted.body
    assert (await logs_in(unconfirming, theirs)).code == "unknown_passkey"
