"""Creating an account."""

import asyncio
from pathlib import Path

import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.clock import Clock
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases


async def test_a_newcomer_signs_up_confirms_and_is_logged_in(backend: Backend) -> None:
    signed_up = await backend.signs_up("Ada@Example.com", name="Ada")
    assert signed_up.status == 200
    assert signed_up.body["session"] is None
    assert signed_up.body["user"]["name"] == "Ada"
    assert signed_up.body["user"]["emailVerified"] is False

    landing = await backend.opens(await backend.newest_link())
    assert landing.url.startswith("http://127.0.0.1:8000/auth-redirect?")
    assert landing.query["status"] == "200"
    assert landing.query["action"] == "email-confirm"

    granted = await backend.grants(landing.token)
    assert granted.body["user"]["email"] == "Ada@Example.com"
    assert granted.body["user"]["emailVerified"] is True
    assert granted.body["session"]["method"] == "email-confirm"
    me = await backend.get("/auth/user", session=granted.token)
    assert me.body == granted.body["user"]


async def test_the_user_object_has_what_every_client_needs_and_no_password(backend: Backend) -> None:
    user = (await backend.joins()).body["user"]
    assert set(user) == {
        *("_id", "provider", "providerUserId", "email", "emailVerified", "name", "signUpAt", "lastLoginAt"),
        *("language", "timezone"),  # additions of ours
    }
    assert user["provider"] == "altogic"
    assert user["providerUserId"] == user["_id"]
    assert user["signUpAt"].endswith("Z")


async def test_without_confirmation_signing_up_logs_in_at_once(unconfirming: Backend) -> None:
    signed_up = await unconfirming.signs_up()
    assert signed_up.body["session"]["method"] == "password"
    assert signed_up.body["user"]["emailVerified"] is False
    assert (await unconfirming.get("/auth/user", session=signed_up.token)).status == 200
    assert await unconfirming.mails() == []


async def test_without_confirmation_every_known_address_is_taken(unconfirming: Backend) -> None:
    await unconfirming.signs_up()
    again = await unconfirming.signs_up(" ADA@example.com")
    assert (again.status, again.code) == (400, "email_not_unique")
    assert again.body["errors"][0]["message"] == "A user with the provided email already exists."
    assert again.params == ["email"]


async def test_a_confirmed_address_is_taken(backend: Backend) -> None:
    await backend.joins()
    assert (await backend.signs_up("ADA@EXAMPLE.COM")).code == "email_not_unique"
    assert len(await backend.mails()) == 1


async def test_an_unconfirmed_address_can_be_signed_up_again_and_the_confirmed_link_decides(backend: Backend) -> None:
    await backend.signs_up(password="the stranger's", name="Mallory")
    second = await backend.signs_up(password="the owner's own", name="Ada")
    assert second.status == 200
    assert second.body["user"]["name"] == "Ada"
    owners, strangers = await backend.links()

    granted = await backend.grants((await backend.opens(owners)).token)
    assert granted.body["user"]["name"] == "Ada"
    assert (await backend.signs_in(password="the owner's own")).status == 200
    assert (await backend.signs_in(password="the stranger's")).code == "invalid_sign_in_credentials"
    assert (await backend.opens(strangers)).query["code"] == "link_used"


async def test_nothing_another_person_typed_is_shown(backend: Backend) -> None:
    await backend.signs_up(name={"name": "Mallory", "language": "de", "motto": "mine"})
    user = (await backend.signs_up(password="something else", name=None)).body["user"]
    assert "name" not in user
    assert "motto" not in user
    assert user["language"] is None


async def test_the_same_sign_up_sent_twice_sends_one_mail(backend: Backend) -> None:
    answers = [await backend.signs_up(), await backend.signs_up()]
    assert [answer.status for answer in answers] == [200, 200]
    assert answers[0].body["user"] == answers[1].body["user"]
    assert len(await backend.mails()) == 1

    backend.clock.advance(seconds=11)
    await backend.signs_up()
    assert len(await backend.mails()) == 2


async def test_two_sign_ups_of_one_address_at_the_same_moment_make_one_account(backend: Backend) -> None:
    answers = await asyncio.gather(*(backend.signs_up(name=f"Ada {number}") for number in range(5)))
    assert {answer.status for answer in answers} == {200}
    assert len({answer.body["user"]["_id"] for answer in answers}) == 1
    assert (await backend.signs_in()).code == "email_not_verified"
    assert len(await backend.mails()) == 5


async def test_of_two_simultaneous_sign_ups_without_confirmation_one_wins(unconfirming: Backend) -> None:
    answers = await asyncio.gather(*(unconfirming.signs_up() for _ in range(5)))
    assert sorted(answer.status for answer in answers) == [200, 400, 400, 400, 400]


async def test_each_wrong_field_gets_its_own_item(backend: Backend) -> None:
    answer = await backend.post("/auth/signup-email", {"email": "nobody", "password": "short", "nameOrUserData": "  "})
    assert answer.status == 400
    assert answer.codes == ["validation_error"] * 3
    assert answer.params == ["email", "password", "name"]
    assert "short" not in str(answer.body)
    assert (await backend.post("/auth/signup-email", {})).params == ["email", "password"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    "address",
    [
        *(
            "",
            "ada",
            "ada@",
            "@example.com",
            "ada@localhost",
            "a b@example.com",
            "ada@example.com\r\nBcc: x@example.com",
        ),
        *("a" * 250 + "@example.com", "ada@exa\0mple.com", 7, None, ["ada@example.com"]),
    ],
)
async def test_what_is_no_address_is_refused(backend: Backend, address: object) -> None:
    body = {"email": address, "password": PASSWORD, "nameOrUserData": "Ada"}
    answer = await backend.post("/auth/signup-email", body)
    assert (answer.status, answer.params) == (400, ["email"])


@pytest.mark.parametrize(
    "address", ["ada+tag@example.com", "ada@büro.example", "o'hara@mailbox.test", "A.B@sub.example.com"]
)
async def test_unusual_addresses_are_kept_as_typed(backend: Backend, address: str) -> None:
    joined = await backend.joins(address)
    assert joined.body["user"]["email"] == address
    assert (await backend.signs_in(address)).status == 200


@pytest.mark.parametrize("name", ["N" * 100, "<b>&\"'", "李小龙", "عمر", "👩‍👩‍👧 Ada", "O'Hara-Łuc", "  Ada  "])
async def test_names_in_any_script_are_kept_exactly(backend: Backend, name: str) -> None:
    assert (await backend.joins(name=name)).body["user"]["name"] == name.strip()


@pytest.mark.one_database
@pytest.mark.parametrize("name", ["N" * 101, "   ", "\u200b", "Ada\nLovelace", 7, ["Ada"], "half \ud800"])
async def test_impossible_names_are_refused(backend: Backend, name: object) -> None:
    assert (await backend.signs_up(name=name)).status == 400 if name != "half \ud800" else True


async def test_the_form_sent_as_user_data_sets_only_what_a_client_may_set(backend: Backend) -> None:
    data = {"name": "Ada", "email": "other@example.com", "password": "ignored", "emailVerified": True, "_id": "x"}
    user = (await backend.joins(name={**data, "provider": "google", "city": "London", "age": 36})).body["user"]
    assert user["email"] == "ada@example.com"
    assert user["provider"] == "altogic"
    assert (user["city"], user["age"]) == ("London", 36)


async def test_self_declared_verification_is_not_believed(backend: Backend) -> None:
    signed_up = await backend.signs_up(name={"name": "Ada", "emailVerified": True})
    assert signed_up.body["session"] is None


async def test_older_clients_call_the_name_name(backend: Backend) -> None:
    body = {"email": "ada@example.com", "password": PASSWORD, "name": "Ada"}
    assert (await backend.post("/auth/signup-email", body)).body["user"]["name"] == "Ada"


async def test_who_gets_the_mail_can_say_that_it_was_not_them(backend: Backend) -> None:
    await backend.signs_up(password="the stranger's", name="Mallory")
    await backend.signs_up(password="the owner's own", name="Ada")
    owners, strangers = await backend.links()
    token = (await backend.opens(strangers)).token

    assert (await backend.post("/auth/access-token/disown", params={"key": token})).status == 200
    assert (await backend.grants(token)).code == "invalid_access_token"
    assert (await backend.opens(strangers)).query["code"] == "link_unknown"
    assert (await backend.signs_in(password="the stranger's")).code == "invalid_sign_in_credentials"
    assert (await backend.grants((await backend.opens(owners)).token)).body["user"]["name"] == "Ada"
    again = await backend.post("/auth/access-token/disown", params={"key": token})
    assert (again.status, again.code) == (403, "invalid_access_token")


async def test_only_an_unconfirmed_registration_can_be_disowned(backend: Backend) -> None:
    await backend.joins()
    await backend.post("/auth/send-magic", params={"email": "ada@example.com"})
    token = (await backend.opens(await backend.newest_link())).token
    assert (await backend.post("/auth/access-token/disown", params={"key": token})).code == "invalid_token_type"
    assert (await backend.post("/auth/access-token/disown")).code == "missing_access_token"


async def test_of_several_that_wait_a_client_without_a_secret_is_mailed_none(backend: Backend) -> None:
    """It cannot say which is its own: one mail, by which the owner gets in and nobody's password is taken over."""
    for number in range(3):
        await backend.signs_up(password=f"the password {number}", name=f"Ada {number}")
    backend.clock.advance(minutes=1)
    for _ in range(2):  # asked for again at once, it is not sent again
        assert list((await backend.post("/auth/resend", params={"email": "ada@example.com"})).body) == ["reference"]
    assert len(await backend.mails()) == 4

    granted = await backend.grants((await backend.opens(await backend.newest_link())).token)
    assert granted.status == 200
    assert "name" not in granted.body["user"]
    for number in range(3):
        assert (await backend.signs_in(password=f"the password {number}")).code == "invalid_sign_in_credentials"


async def test_the_newest_link_and_the_older_one_are_both_good_until_one_is_used(backend: Backend) -> None:
    await backend.signs_up()
    backend.clock.advance(minutes=5)
    await backend.post("/auth/resend", params={"email": "ada@example.com"})
    newer, older = await backend.links()
    assert newer != older
    assert (await backend.opens(newer)).query["status"] == "200"
    assert (await backend.grants((await backend.opens(older)).token)).status == 200
    assert (await backend.opens(newer)).query["code"] == "link_used"


async def test_accounts_from_before_confirmation_was_asked_for_can_be_confirmed(tmp_path: Path) -> None:
    async with run_backend(tmp_path, EMAIL_CONFIRMATION="off") as backend:
        before = await backend.signs_up()
    async with run_backend(tmp_path, Clock()) as backend:
        assert (await backend.signs_in()).code == "email_not_verified"
        await backend.post("/auth/resend", params={"email": "ada@example.com"})
        granted = await backend.grants((await backend.opens(await backend.newest_link())).token)
        assert granted.body["user"]["_id"] == before.body["user"]["_id"]
        assert granted.body["user"]["name"] == "Ada"
        assert (await backend.get("/auth/user", session=before.token)).code == "invalid_session_token"
        assert (await backend.signs_in()).code == "invalid_sign_in_credentials"  # set before the address was proven
