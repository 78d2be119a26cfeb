"""Altogic's client: who am I, my sessions, logging out, and what the client forgets by that."""

from __future__ import annotations

import pytest

from tests.contract.altogic.conftest import Served
from tests.contract.altogic.official import RESPONSE, Client
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases

NOTHING = (None, None, None)
WITH_A_SESSION = [
    ("changePassword", "a new password", PASSWORD),
    ("changeEmail", PASSWORD, "new@example.com"),
    ("getUserFromDB",),
    ("getAllSessions",),
    ("signOut",),
    ("signOutAll",),
    ("signOutAllExceptCurrent",),
]


def three_devices(backend: Served) -> tuple[Client, Client, Client]:
    first, email = backend.someone()
    others = backend.client(), backend.client()
    for other in others:
        other.succeeds("signInWithEmail", email, PASSWORD)
    return first, *others


def is_signed_in(client: Client) -> bool:
    return bool(client.auth("getUserFromDB").value["user"])


def test_the_user_comes_as_it_is(backend: Served) -> None:
    client, email = backend.someone()
    before = client.kept
    assert client.succeeds("getUserFromDB").value["user"] == before[1]
    assert before[1] is not None
    assert before[1]["email"] == email
    assert client.kept == before


def test_all_sessions_come_as_a_list_and_ones_own_is_known_by_its_token(backend: Served) -> None:
    client, *_ = three_devices(backend)
    sessions = client.succeeds("getAllSessions").value["sessions"]
    tokens = [session["token"] for session in sessions]
    assert len(set(tokens)) == 3
    assert tokens[0] == client.kept[2]
    assert all(isinstance(session["userAgent"]["os"]["family"], str) for session in sessions)


def test_a_session_kept_from_before_goes_on(backend: Served) -> None:
    client, _ = backend.someone()
    session, user, token = client.kept
    later = backend.node.client(
        backend.url, "0123456789abcdef0123456789abcdef", stored={"session": session, "user": user}
    )
    assert later.kept == (session, user, token)
    assert is_signed_in(later)


def test_logging_out_forgets_everything(backend: Served) -> None:
    client, _ = backend.someone()
    session, _, _ = client.kept
    assert client.succeeds("signOut").local == NOTHING
    client.calls(("auth",), ("setSession", session))
    gone = client.auth("getUserFromDB")
    assert gone.refusal == (401, "invalid_session_token")
    assert gone.local == NOTHING


def test_ones_own_session_can_be_ended_by_its_token(backend: Served) -> None:
    first, second, _ = three_devices(backend)
    assert first.succeeds("signOut", first.kept[2]).local == NOTHING
    assert is_signed_in(second)


def test_another_session_can_be_ended_and_nothing_is_forgotten_here(backend: Served) -> None:
    first, second, third = three_devices(backend)
    before = first.kept
    listed = first.succeeds("getAllSessions").value["sessions"]
    assert first.succeeds("signOut", listed[1]["token"]).local == before
    assert not is_signed_in(second)
    assert second.kept == NOTHING
    assert is_signed_in(third)
    assert first.succeeds("signOut", listed[1]["token"]).local == before  # once more


@pytest.mark.parametrize(
    "garbage", ["garbage", "a" * 5000, "eyJhbGciOiJIUzI1NiJ9.e30.x", 7, {"$": "Buffer", "base64": ""}]
)
def test_ending_what_is_no_session_costs_nobody_theirs(backend: Served, garbage: object) -> None:
    client, _ = backend.someone()
    before = client.kept
    assert client.succeeds("signOut", garbage).local == before
    assert is_signed_in(client)


def test_somebody_elses_session_is_not_ended(backend: Served) -> None:
    client, _ = backend.someone()
    other, _ = backend.someone()
    before = client.kept
    assert client.succeeds("signOut", other.kept[2]).local == before
    assert is_signed_in(other)


def test_logging_out_everywhere(backend: Served) -> None:
    first, *others = three_devices(backend)
    assert first.succeeds("signOutAll").local == NOTHING
    for other in others:
        assert other.auth("getAllSessions").refusal == (401, "invalid_session_token")
        assert other.kept == NOTHING


def test_logging_out_everywhere_else(backend: Served) -> None:
    first, *others = three_devices(backend)
    before = first.kept
    assert first.succeeds("signOutAllExceptCurrent").local == before
    assert is_signed_in(first)
    assert not any(map(is_signed_in, others))


@pytest.mark.parametrize("call", WITH_A_SESSION, ids=lambda call: call[0])
def test_without_a_session_it_is_said_and_what_was_kept_is_forgotten(backend: Served, call: tuple[str, ...]) -> None:
    client = backend.client()
    client.calls(("auth",), ("setUser", {"_id": "left from before"}))
    refused = client.auth(*call)
    assert refused.refusal == (401, "missing_session_token")
    assert refused.local == NOTHING


@pytest.mark.parametrize("call", WITH_A_SESSION, ids=lambda call: call[0])
def test_a_session_that_never_was_is_forgotten(backend: Served, call: tuple[str, ...]) -> None:
    client = backend.client()
    client.calls(("auth",), ("setSession", {"token": "made up"}))
    refused = client.auth(*call)
    assert refused.refusal == (401, "invalid_session_token")
    assert refused.local == NOTHING


def test_signing_in_works_with_a_dead_session_at_hand(backend: Served) -> None:
    _, email = backend.someone()
    client = backend.client()
    client.calls(("auth",), ("setSession", {"token": "made up"}))
    assert client.succeeds("signInWithEmail", email, PASSWORD).header != "made up"
    assert is_signed_in(client)


def test_a_client_without_a_storage_works_for_as_long_as_it_lives(backend: Served) -> None:
    _, email = backend.someone()
    client = backend.client(storage=False)
    signed_in = client.succeeds("signInWithEmail", email, PASSWORD)
    assert signed_in.local == (None, None, signed_in.value["session"]["token"])
    assert is_signed_in(client)
    assert client.succeeds("signOut").header is None


@pytest.mark.parametrize(("method", "header"), [("clearLocalData", True), ("invalidateSession", False)])
def test_what_is_forgotten_here_alone_goes_on_elsewhere(backend: Served, method: str, header: bool) -> None:
    client, _ = backend.someone()
    session, _, token = client.kept
    assert client.auth(method).local == (None, None, token if header else None)
    client.auth("setSession", session)
    assert is_signed_in(client)


def test_a_server_rendered_page_can_ask_by_its_own_cookie(backend: Served) -> None:
    client, email = backend.someone()
    page = backend.client()
    request = {"headers": {"cookie": f"other=1; session_token={client.kept[2]}"}}
    assert page.succeeds("getUserFromDBbyCookie", request, RESPONSE).value["user"]["email"] == email
    before = page.kept
    for method, *given in (("setSessionCookie", client.kept[2]), ("removeSessionCookie",)):
        assert page.auth(method, *given, request, RESPONSE).local == before
    wrong = {"headers": {"cookie": "session_token=made-up"}}
    assert page.auth("getUserFromDBbyCookie", wrong, RESPONSE).refusal == (401, "invalid_session_token")
