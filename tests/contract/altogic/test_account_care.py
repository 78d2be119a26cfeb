"""Altogic's client beside a site of ours: what a site does for an account, and what the client makes of it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.contract.altogic.conftest import Served
from tests.contract.altogic.official import Client
from tests.kit.contract import API, Landing, headers_of
from tests.kit.people import PASSWORD

pytestmark = pytest.mark.both_databases

NEW_PASSWORD = "an even better battery"


def someone_at_both(backend: Served) -> tuple[Client, str, str]:
    """Somebody signed in by the client, their address, and the token of their session at a site of ours."""
    client, email = backend.someone()
    at_site = backend.client().succeeds("signInWithEmail", email, PASSWORD).header
    assert at_site
    return client, email, at_site


def asks(backend: Served, path: str, session: str = "", body: Any = None, method: str = "POST", **query: str) -> Any:
    """A call that Altogic has not, as a site of ours makes it."""
    answer = backend.http.request(method, f"{API}{path}", headers=headers_of(session), params=query, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def open_link(backend: Served, link: str) -> Landing:
    """Press the button of a link."""
    answer = backend.http.post(link)
    assert answer.status_code == 302, answer.text
    return Landing(answer.headers["location"])


def test_a_session_confirmed_at_a_site_gets_a_new_token_and_the_client_goes_on(backend: Served) -> None:
    client, _, at_site = someone_at_both(backend)
    confirmed = asks(backend, "/account/confirm", at_site, {"currentPassword": PASSWORD})
    assert confirmed["session"]["token"] != at_site
    assert client.succeeds("getUserFromDB").value["user"]
    assert len(client.succeeds("getAllSessions").value["sessions"]) == 2


def test_a_pending_address_of_a_site_is_replaced_by_one_of_the_client(backend: Served) -> None:
    client, _, at_site = someone_at_both(backend)
    at_the_site, by_the_client = backend.address(), backend.address()
    asks(backend, "/account/email/pending", at_site, {"newEmail": at_the_site})
    client.succeeds("changeEmail", PASSWORD, by_the_client)
    pending = asks(backend, "/account/email/pending", at_site, method="GET")["pending"]
    assert pending["email"] == by_the_client
    assert backend.presses(at_the_site).query["status"] != "200"
    assert backend.presses(by_the_client).query["status"] == "200"
    assert client.succeeds("getUserFromDB").value["user"]["email"] == by_the_client


def test_an_address_changed_by_the_client_is_undone_from_the_old_box(backend: Served) -> None:
    client, email, at_site = someone_at_both(backend)
    new = backend.address()
    client.succeeds("changeEmail", PASSWORD, new)
    assert backend.presses(new).query["status"] == "200"
    undo = next(link for link in backend.mails(email) if "action=undo-email" in link)
    landing = open_link(backend, undo)
    assert (landing.query["status"], landing.query["action"]) == ("200", "reset-pwd")

    ended = client.auth("getUserFromDB")
    assert (ended.refusal, ended.local) == ((401, "invalid_session_token"), (None, None, None))
    assert client.auth("signInWithEmail", email, PASSWORD).status == 401
    client.succeeds("resetPwdWithToken", landing.token, NEW_PASSWORD)
    assert client.succeeds("signInWithEmail", email, NEW_PASSWORD).value["user"]["email"] == email
    assert backend.http.get(f"{API}/auth/user", headers=headers_of(at_site)).status_code == 401


def test_a_log_in_by_the_client_is_disowned_by_its_mail_and_the_same_link_chooses_a_password(backend: Served) -> None:
    client, email, _ = someone_at_both(backend)
    (notice,) = [link for link in backend.mails(email) if "new-login" in notice_of(backend, link)]
    token = open_link(backend, notice).token
    assert client.auth("getUserFromDB").refusal == (401, "invalid_session_token")
    assert client.auth("signInWithEmail", email, PASSWORD).refusal == (401, "invalid_sign_in_credentials")
    client.succeeds("resetPwdWithToken", token, NEW_PASSWORD)
    assert client.succeeds("signInWithEmail", email, NEW_PASSWORD).header


def notice_of(backend: Served, link: str) -> str:
    """Which letter a link came in, by its page."""
    page = backend.http.get(link)
    return "new-login" if "New login" in page.text else ""


def test_an_account_that_is_left_is_kept_by_whoever_logs_in_by_the_client_and_can_be_deleted(backend: Served) -> None:
    client, email, at_site = someone_at_both(backend)
    leaving = asks(backend, "/account/leave", at_site)["leavingDtm"]
    assert client.auth("getUserFromDB").refusal == (401, "invalid_session_token")
    back = client.succeeds("signInWithEmail", email, PASSWORD)
    assert back.value["user"]["leavingDtm"] == leaving
    assert "leavingDtm" not in asks(backend, "/account/leave/cancel", str(back.header))
    assert "leavingDtm" not in client.succeeds("getUserFromDB").value["user"]

    asks(backend, "/account/leave", str(back.header))
    again = client.succeeds("signInWithEmail", email, PASSWORD)
    asks(backend, "/account/leave/now/code", str(again.header))
    assert "Your account was deleted" in backend.http.post(backend.mails(email)[0]).text
    assert client.auth("getUserFromDB").refusal == (401, "invalid_session_token")
    assert client.auth("signInWithEmail", email, PASSWORD).refusal == (401, "invalid_sign_in_credentials")
    assert client.succeeds("signUpWithEmail", email, PASSWORD, "Ada").value["user"]["email"] == email


def test_what_the_client_did_is_in_the_history_and_in_the_export(backend: Served) -> None:
    client, _, at_site = someone_at_both(backend)
    client.auth("changePassword", NEW_PASSWORD, "not the password")
    client.succeeds("changePassword", NEW_PASSWORD, PASSWORD)
    assert backend.http.get(f"{API}/auth/user", headers=headers_of(at_site)).status_code == 401
    session = str(client.kept[2])
    kinds = [event["kind"] for event in asks(backend, "/account/events", session, method="GET")["events"]]
    assert kinds[:3] == ["sessions.ended", "password.changed", "password.refused"]
    asks(backend, "/account/confirm", session, {"currentPassword": NEW_PASSWORD})
    renewed = client.succeeds("signInWithEmail", client.kept[1]["email"], NEW_PASSWORD)  # type: ignore[index]
    export = backend.http.get(f"{API}/account/export", headers=headers_of(str(renewed.header)))
    assert (export.status_code, export.headers["content-type"]) == (200, "application/zip")


def test_acts_that_matter_are_refused_in_the_clients_own_envelope(backend: Served) -> None:
    """A session that a confirmation link opened has proved no password yet."""
    client, _ = backend.someone()
    for path in ("/account/leave", "/account/email/pending"):
        answer: httpx.Response = backend.http.post(
            f"{API}{path}", headers=headers_of(str(client.kept[2])), json={"newEmail": backend.address()}
        )
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (403, "confirmation_required")
    assert client.succeeds("getUserFromDB").value["user"]
