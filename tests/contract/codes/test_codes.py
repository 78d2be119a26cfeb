"""Codes of mailed links: what they give, to whom, and how often they may be tried."""

import asyncio
from html import escape
from pathlib import Path
from typing import Any

import pytest

from tests.kit.backend import Backend, run_backend
from tests.kit.contract import Answer
from tests.kit.mailbox import CODE, SmtpServer, code_in, text_of

pytestmark = pytest.mark.both_databases

ADA, NEW = "ada@example.com", "chosen anew with three words"
LAPTOP, PHONE = ({"X-Device": name * 8} for name in ("laptop", "phone "))
WRONG = "BBBB-BBBB"


async def asks(backend: Backend, what: str = "send-magic", email: str = ADA, device: Any = LAPTOP) -> str:
    """Ask for a mail, and return the reference."""
    answer = await backend.post(f"/auth/{what}", params={"email": email}, headers=device)
    assert (answer.status, list(answer.body)) == (200, ["reference"])
    return str(answer.body["reference"])


async def newest_code(backend: Backend) -> str:
    return code_in((await backend.mails())[0])


async def types(backend: Backend, reference: str, code: str, **rest: Any) -> Answer:
    return await backend.post("/account/codes", {"reference": reference, "code": code}, headers=LAPTOP, **rest)


async def test_the_code_of_a_login_link_logs_in(backend: Backend) -> None:
    await backend.joins()
    reference = await asks(backend)
    used = await types(backend, reference, await newest_code(backend))
    assert (used.status, used.body["user"]["email"]) == (200, ADA)
    sessions = await backend.get("/auth/sessions", session=used.token)
    assert sessions.body[-1]["method"] == "mail-code"


async def test_a_code_is_read_however_it_is_typed(backend: Backend) -> None:
    await backend.joins()
    reference = await asks(backend)
    code = await newest_code(backend)
    typed = f"  {code[:3].lower()} {code[3:].lower()}. ".replace("l", "1")
    assert (await types(backend, reference, typed)).status == 200


@pytest.mark.parametrize("typed", ["", "WDJB-MJH", "WDJB-MJHTT", "0OAEIU", "😀" * 8, "B" * 10_000, None, ["B"] * 8])
async def test_what_are_not_eight_letters_is_no_try(backend: Backend, typed: Any) -> None:
    await backend.joins()
    reference = await asks(backend)
    code = await newest_code(backend)
    for _time in range(6):
        refused = await types(backend, reference, typed)
        assert (refused.status, refused.code, refused.params) == (400, "validation_error", ["code"])
    assert (await types(backend, reference, code)).status == 200


async def test_a_sign_up_is_confirmed_by_its_code_with_the_password_typed_before(backend: Backend) -> None:
    browser = LAPTOP | {"X-Registration": "of this browser " * 2}
    signed_up = await backend.signs_up(headers=browser)
    code = await newest_code(backend)
    body = {"reference": signed_up.body["reference"], "code": code}
    used = await backend.post("/account/codes", body, headers=browser)
    assert (used.status, used.body["user"]["emailVerified"]) == (200, True)
    assert (await backend.signs_in()).status == 200


async def test_where_nothing_was_typed_the_code_leads_on_to_a_new_password(backend: Backend) -> None:
    """Of a confirmation that another browser, in which nobody signed up, has had mailed again."""
    await backend.signs_up(headers=LAPTOP | {"X-Registration": "of this browser " * 2})
    backend.clock.advance(seconds=11)
    browser = PHONE | {"X-Registration": "of another browser " * 2}
    again = await backend.post("/auth/resend", params={"email": ADA}, headers=browser)
    body = {"reference": again.body["reference"], "code": await newest_code(backend)}
    used = await backend.post("/account/codes", body, headers=browser)
    assert used.body["action"] == "email-confirm"
    key = {"key": used.body["accessToken"]}
    confirmed = await backend.post("/account/registration/confirm", {"newPassword": NEW}, params=key, headers=browser)
    assert confirmed.status == 200
    assert (await backend.signs_in(password=NEW)).status == 200


async def resets_by_code(backend: Backend) -> None:
    await backend.joins()
    reference = await asks(backend, "send-reset")
    code = await newest_code(backend)
    used = await types(backend, reference, code)
    assert used.body["action"] == "reset-pwd"
    assert (await types(backend, reference, code)).code == "wrong_code", "a code gives its token once"
    key = {"key": used.body["accessToken"]}
    assert (await backend.grants(key["key"])).code == "invalid_token_type", "it logs nobody in"
    assert (await backend.post("/auth/reset-pwd", {"newPassword": NEW}, params=key)).status == 200
    assert (await backend.signs_in(password=NEW)).status == 200


async def test_the_code_of_a_reset_leads_on_to_a_new_password(backend: Backend) -> None:
    await resets_by_code(backend)


async def test_it_does_where_the_button_is_on_our_own_page_too(tmp_path: Path) -> None:
    async with run_backend(tmp_path, LINK_BUTTON="on", EMAIL_CONFIRMATION="off") as backend:
        await resets_by_code(backend)


# Bound to the browser that asked


async def test_a_code_is_worthless_in_any_other_browser(backend: Backend) -> None:
    """However it was come by: read aloud on the telephone, or over a shoulder."""
    await backend.joins()
    ours = await asks(backend)
    code = await newest_code(backend)
    theirs = await asks(backend, device=PHONE)  # within the same ten seconds, which mails nothing more
    backend.clock.advance(seconds=11)
    theirs_later = await asks(backend, device=PHONE)
    for reference in (theirs, theirs_later, await asks(backend, email="grace@example.com", device=PHONE)):
        assert (await types(backend, reference, code)).code == "wrong_code"
    assert (await types(backend, ours, code)).status == 200


async def test_a_reference_that_is_not_ours_is_refused_like_a_wrong_code(backend: Backend) -> None:
    await backend.joins()
    reference = await asks(backend)
    code = await newest_code(backend)
    text, _dot, signature = reference.rpartition(".")
    later = f"{text.rpartition('.')[0]}.9999999999.{signature}"
    for forged in (later, text, f"{text}.", f".{signature}", "a.b.c.d", "é" * 20, "a" * 500):
        assert (await types(backend, forged, code)).code == "wrong_code", forged
    assert (await types(backend, "", code)).params == ["reference"]


async def test_a_new_code_ends_the_one_before_it_in_that_browser(backend: Backend) -> None:
    await backend.joins()
    await asks(backend)
    first, link = await newest_code(backend), await backend.newest_link()
    backend.clock.advance(seconds=11)
    reference = await asks(backend)
    assert (await types(backend, reference, first)).code == "wrong_code"
    assert (await backend.opens(link)).query["status"] == "200", "its link works for its own time"
    assert (await types(backend, reference, await newest_code(backend))).status == 200


async def test_a_double_click_has_one_mail_and_one_code(backend: Backend) -> None:
    await backend.joins()
    references = [await asks(backend) for _click in range(2)]
    assert len({reference.split(".")[1] for reference in references}) == 1
    assert (await types(backend, references[1], await newest_code(backend))).status == 200


async def test_codes_of_two_kinds_do_not_end_each_other(backend: Backend) -> None:
    await backend.joins()
    reference = await asks(backend)
    code = await newest_code(backend)
    await asks(backend, "send-reset")
    assert (await types(backend, reference, code)).status == 200


# How long, how often


async def test_a_code_works_for_ten_minutes_and_its_link_longer(backend: Backend) -> None:
    await backend.joins()
    reference = await asks(backend)
    code, link = await newest_code(backend), await backend.newest_link()
    backend.clock.advance(minutes=10)
    assert (await types(backend, reference, code)).code == "wrong_code"
    assert not CODE.search((await backend.mails())[0]), "a mail does not show a code that is over"
    assert (await backend.grants((await backend.opens(link)).token)).status == 200


async def test_after_five_wrong_codes_only_the_link_is_good(backend: Backend) -> None:
    await backend.joins()
    reference = await asks(backend)
    code, link = await newest_code(backend), await backend.newest_link()
    for _time in range(5):
        assert (await types(backend, reference, WRONG)).code == "wrong_code"
    assert (await types(backend, reference, code)).code == "wrong_code"
    assert (await backend.grants((await backend.opens(link)).token)).status == 200


async def test_of_fifty_wrong_codes_at_once_five_are_compared(backend: Backend) -> None:
    await backend.joins()
    reference = await asks(backend)
    tries = (types(backend, reference, WRONG) for _ in range(50))
    assert {answer.status for answer in await asyncio.gather(*tries)} <= {401, 429, 503}
    assert await count_tries(backend) == 5
    events = await history(backend)
    assert sum(event["count"] for event in events if event["kind"] == "code.refused") == 5


async def count_tries(backend: Backend) -> int:
    [rows] = [await backend.services.store.read(_read_tries)]
    return max(rows)


def _read_tries(queries: Any) -> list[int]:
    mails = queries.mails.list_newest(10)
    return [queries.links.find_by_id(mail.link_id).tries for mail in mails]


async def history(backend: Backend) -> list[Any]:
    session = (await backend.signs_in()).token
    return list((await backend.get("/account/events", session=session)).body["events"])


async def test_of_fifty_right_codes_at_once_one_wins(backend: Backend) -> None:
    await backend.joins()
    reference = await asks(backend)
    code = await newest_code(backend)
    answers = await asyncio.gather(*(types(backend, reference, code) for _ in range(50)))
    assert [answer.status for answer in answers].count(200) == 1


async def test_of_a_code_and_its_link_at_once_one_wins(backend: Backend) -> None:
    await backend.joins()
    reference = await asks(backend)
    code, token = await newest_code(backend), (await backend.opens(await backend.newest_link())).token
    both = [act for _ in range(5) for act in (types(backend, reference, code), backend.grants(token))]
    assert [answer.status for answer in await asyncio.gather(*both)].count(200) == 1


async def test_new_codes_do_not_give_an_account_new_tries(backend: Backend) -> None:
    await backend.joins()
    for number in range(6):
        backend.clock.advance(hours=1)
        reference = await asks(backend, device={"X-Device": f"another browser {number} of a stranger"})
        for _time in range(5):
            assert (await types(backend, reference, WRONG)).status == 401
    backend.clock.advance(hours=1)
    reference = await asks(backend, device=PHONE)
    code, link = await newest_code(backend), await backend.newest_link()
    refused = await types(backend, reference, code)
    assert (refused.status, refused.code) == (429, "rate_limit_exceeded")
    assert int(refused.headers["retry-after"]) > 60
    assert (await backend.grants((await backend.opens(link)).token)).status == 200


async def test_no_stranger_uses_up_the_tries_of_a_browser_that_the_owner_knows(backend: Backend) -> None:
    await backend.joins()
    await backend.signs_in(headers=PHONE)
    for number in range(7):
        backend.clock.advance(minutes=61)
        stranger = await asks(backend, device={"X-Device": f"another browser {number} of a stranger"})
        for _time in range(5):
            await types(backend, stranger, WRONG)
    backend.clock.advance(seconds=11)
    reference = await asks(backend, device=PHONE)
    body = {"reference": reference, "code": await newest_code(backend)}
    assert (await backend.post("/account/codes", body, headers=PHONE)).status == 200


# Nobody learns who has an account


async def test_unknown_addresses_get_the_same_references_answers_and_limits(backend: Backend) -> None:
    await backend.joins()
    seen: dict[str, list[Any]] = {}
    for email in (ADA, "nobody@example.com"):
        backend.clock.advance(hours=25)
        for number in range(7):
            backend.clock.advance(hours=1)
            reference = await asks(backend, email=email, device={"X-Device": f"browser {number} of somebody"})
            shape = [len(part) for part in reference.split(".")]
            answers = [await types(backend, reference, WRONG) for _time in range(6)]
            seen.setdefault(email, []).append((shape, [(answer.status, answer.body) for answer in answers]))
    assert seen[ADA] == seen["nobody@example.com"]
    assert {status for _shape, answers in seen[ADA] for status, _body in answers} == {401, 429}


async def test_a_wrong_code_is_told_to_the_owner(backend: Backend) -> None:
    await backend.joins()
    await types(backend, await asks(backend), WRONG)
    refused = [event for event in await history(backend) if event["kind"] == "code.refused"]
    assert [(event["count"], event["details"]) for event in refused] == [(1, {})]


# The mail


@pytest.mark.parametrize(
    ("what", "begins"), [("send-magic", "Your login link for"), ("send-reset", "Choose a new password for")]
)
async def test_the_code_stands_in_the_mail_and_of_a_log_in_in_its_subject(
    tmp_path: Path, what: str, begins: str
) -> None:
    with SmtpServer() as smtp:
        given: dict[str, Any] = {"SMTP_URL": smtp.url, "MAIL_FROM": "accounts@example.org", "EMAIL_CONFIRMATION": "off"}
        async with run_backend(tmp_path, REDIRECT_URL="https://accounts.example.com/auth-redirect", **given) as backend:
            await backend.signs_up()
            reference = await asks(backend, what)
            mail = await smtp.wait_for(to=ADA, subject=begins)
            (code,) = CODE.findall(text_of(mail))
            page = text_of(mail, "html").replace(escape(str(mail["Subject"])), "")
            assert CODE.findall(page) == [code]
            assert CODE.findall(str(mail["Subject"])) == ([code] if what == "send-magic" else [])
            for part in (text_of(mail), text_of(mail, "html")):
                assert "Type it only at accounts.example.com. Nobody from us will ask for it." in " ".join(part.split())
                assert "from Firefox on Windows" in part
            assert (await types(backend, reference, code)).status == 200


async def test_a_link_that_nobody_asked_for_has_no_code(backend: Backend) -> None:
    joined = await backend.joins()
    body = {"newPassword": NEW, "oldPassword": "three unrelated words"}
    changed = await backend.post("/auth/change-pwd", body, session=joined.token)
    assert changed.status in (200, 401)
    await backend.waits_for_mails()
    mails = await backend.mails()
    assert "Your password was changed" in mails[0]
    assert not CODE.search(mails[0])


# The page that waits


async def progress(backend: Backend, reference: str) -> Any:
    answer = await backend.get("/account/pending", params={"reference": reference})
    assert list(answer.body) == ["state"]
    return answer.body["state"]


async def test_opened_is_said_after_the_button_and_not_for_what_scanners_do(backend: Backend) -> None:
    await backend.joins()
    reference = await asks(backend)
    link = await backend.newest_link()
    landing = await backend.opens(link)
    await backend.opens(link, "HEAD")
    assert await progress(backend, reference) == "waiting"
    await backend.grants(landing.token)
    assert await progress(backend, reference) == "opened"


async def test_a_code_counts_as_opened_and_what_else_ends_a_link_does_not(backend: Backend) -> None:
    await backend.joins()
    stranger = await asks(backend, device=PHONE)
    backend.clock.advance(seconds=11)
    reference = await asks(backend)
    await types(backend, reference, await newest_code(backend))
    assert (await progress(backend, reference), await progress(backend, stranger)) == ("opened", "waiting")


async def test_unknown_addresses_wait_until_their_codes_would_be_over(backend: Backend) -> None:
    await backend.joins()
    references = [await asks(backend, email=email) for email in (ADA, "nobody@example.com")]
    assert [await progress(backend, reference) for reference in references] == ["waiting"] * 2
    backend.clock.advance(minutes=10)
    assert [await progress(backend, reference) for reference in references] == ["expired"] * 2
    assert await progress(backend, "a.b.c.d") == "expired"
