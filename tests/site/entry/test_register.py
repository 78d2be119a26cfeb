"""Creating an account, until the mail is out. What its link does is in test_auth_redirect.py."""

import asyncio
from typing import Any

import pytest

from tests.kit import mailbox
from tests.kit.app import NewBrowser, open_browser, run_app
from tests.kit.clock import Clock
from tests.kit.people import (
    ADA,
    CHROME,
    CONFIRM,
    Person,
    asks_for_a_link,
    joins,
    logs_out,
    opens_mailed_link,
    registers,
)
from tests.kit.visitor import Visitor
from tests.kit.wire import over_wire

LEAKED = "This password is in lists of leaked passwords, or very like one that is. Choose another one."
EASY = (
    "This password is easy to guess: a common word, a pattern or a row of keys, perhaps with something added."
    " Choose another one."
)
SITE_NAME = "This password is too similar to the name of this site. Choose another one."
OWN = "This password is too similar to your name or email address. Choose another one."
WRONG = [
    ("email", "", "Enter your email address."),
    ("email", "ada", "Enter an email address in the correct format, like name@example.com."),
    ("email", "ada@example", "Enter an email address in the correct format, like name@example.com."),
    ("email", "a" * 250 + "@example.com", "Enter an email address in the correct format, like name@example.com."),
    ("name", "", "Enter your name."),
    ("name", "  \t ", "Enter your name."),
    ("name", "n" * 101, "Name must be 100 characters or fewer."),
    ("password", "", "Create a password."),
    ("password", "eleven char", "Password must be 12 characters or more."),
    ("password", "p" * 257, "Password must be 256 characters or fewer."),
    *[
        ("password", leaked, LEAKED)
        for leaked in ("leavemealone", "LeaveMeAlone1!", "leave me alone", "qwertyuiop12", "a" * 12)
    ],
    *[("password", easy, EASY) for easy in ("a" * 256, "Passwort2024!", "qwertzuiopü-2")],
    ("password", "Account-Pages-2024", SITE_NAME),
    *[("password", own, OWN) for own in ("ada@example.com", "Ada  Lovelace", "LOVELACE-ada1815", "ＡＤＡ lovelace")],
]
TYPED: dict[str, Any] = {"email": ADA.email, "name": ADA.name, "password": ADA.password}


async def test_a_wrong_field_gets_its_words_beside_it(visitor: Visitor) -> None:
    for field, typed, error in WRONG:
        await visitor.opens("/register")
        await visitor.submits("Create account", **TYPED | {field: typed})

        assert (visitor.status, visitor.error(field)) == (422, error)
        assert [visitor.error(name) for name in TYPED if name != field] == ["", ""]
        kept = {**TYPED, field: typed.strip(), "password": ""}
        assert {name: visitor.field(name) for name in TYPED} == kept
    assert await mailbox.list_paths(visitor) == []


async def test_all_that_is_wrong_is_said_at_once_and_the_summary_has_the_focus(visitor: Visitor) -> None:
    await visitor.opens("/register")
    await visitor.submits("Create account")

    said = ["Enter your email address.", "Enter your name.", "Create a password."]
    assert [visitor.error(name) for name in TYPED] == said
    assert visitor.one("problem").text() == f"There is a problem {' '.join(said)}"
    assert visitor.focused == "problem"
    assert [link.href for link in visitor.links() if link.name in said] == ["#email", "#name", "#password"]
    assert visitor.javascript or visitor.title.startswith("Error: ")


async def test_who_registers_is_asked_to_check_the_mail(visitor: Visitor) -> None:
    await registers(visitor, ADA)

    assert (visitor.heading, visitor.path) == ("Check your email", "/register/again")
    assert visitor.sees(f"We’ve sent a link to {ADA.email}. It works once, for 1 hour.")
    assert "Resend email" in visitor.buttons()
    assert "Use a different email address" in [link.name for link in visitor.links()]
    mail = await mailbox.newest(visitor, to=ADA.email)
    assert mail.subject.startswith(f"{CONFIRM} for Account pages, code ")
    assert "Hello, To use Account pages, confirm that this is your email address. Open this link:" in mail.text
    assert "Works once, for 1 hour." in mail.text
    assert "Requested on 14 March 2026 at 09:26 UTC from Firefox on Windows." in mail.text


async def test_an_own_name_within_a_long_password_does_no_harm(visitor: Visitor) -> None:
    await registers(visitor, Person(ADA.email, ADA.name, "ada loves long walks"))
    assert visitor.heading == "Check your email"


@pytest.mark.parametrize("typed", ["gmial.com", "gmail.con", "gmal.com", "GMAILL.com", "gmall.com"])
async def test_a_likely_slip_in_the_address_is_pointed_out_and_blocks_nothing(visitor: Visitor, typed: str) -> None:
    for ask, address in ((registers, f"ada@{typed}"), (asks_for_a_link, f"grace@{typed}")):
        await ask(visitor, Person(address, ADA.name))
        assert visitor.heading == "Check your email"
        assert visitor.sees(f"The address ends in {typed}. Did you mean gmail.com?")
        await visitor.follows("Use a different email address")
        assert visitor.field("email") == address
        await ask(visitor, Person(address, ADA.name))
        await visitor.follows("gmail.com")
        assert visitor.field("email") == f"{address.partition('@')[0]}@gmail.com"


@pytest.mark.parametrize("domain", ["gmail.com", "mail.com", "example.com", "gmx.at", "gmail.com.example.com"])
async def test_no_slip_is_seen_where_there_is_none(visitor: Visitor, domain: str) -> None:
    await registers(visitor, Person(f"ada@{domain}", ADA.name))
    assert visitor.heading == "Check your email"
    assert visitor.does_not_see("Did you mean")


async def test_a_taken_address_gets_the_same_page_and_its_owner_a_login_link(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock
) -> None:
    await joins(visitor, ADA)
    stranger = new_browser(CHROME)
    await registers(stranger, Person("free@example.com", "Eve"))
    free_page = stranger.text
    await registers(stranger, Person(ADA.email, "Eve", "the password of eve"))

    assert stranger.text == free_page.replace("free@example.com", ADA.email)
    await logs_out(visitor)
    mail = await mailbox.newest(visitor, to=ADA.email, subject="You already have an account")
    assert mail.subject.startswith("You already have an account: your login link for Account pages, code ")
    assert "Someone, probably you, tried to create an account for Account pages with this email address." in mail.text
    await visitor.opens(mail.link)
    await visitor.submits(f"Log in as {ADA.email}")
    assert visitor.sees(ADA.name)

    clock.advance(seconds=11)  # the same for *Send again*
    await stranger.submits("Resend email")
    assert stranger.sees(f"We’ve sent a link to {ADA.email}.")
    assert len(await mailbox.list_paths(visitor, to=ADA.email, subject="You already have an account")) == 2


async def test_the_backend_is_asked_the_same_whoever_has_an_account(environ: dict[str, str], clock: Clock) -> None:
    """One call more takes longer, and on a busy machine more than one step of the answer's time."""
    site, wire = over_wire(environ, clock)
    asked = []
    async with run_app(site) as app, open_browser(app) as http:
        await joins(Visitor(http), ADA)
        for email in (ADA.email, "free@example.com"):
            async with open_browser(app) as stranger:
                wire.asked.clear()
                await registers(Visitor(stranger), Person(email, "Eve", "the password of eve"))
                asked.append(list(wire.asked))
    assert asked[0] == asked[1]


async def test_the_mail_is_sent_again(visitor: Visitor, clock: Clock) -> None:
    await registers(visitor, ADA)
    clock.advance(seconds=11)
    await visitor.submits("Resend email")

    assert (visitor.heading, visitor.path) == ("Check your email", "/register/again")
    assert visitor.status_message == "We’re sending the email again (09:27 UTC). It can take a minute to arrive."
    assert len(await mailbox.list_paths(visitor, to=ADA.email, subject=CONFIRM)) == 2


async def test_a_double_click_sends_one_mail(visitor: Visitor) -> None:
    await registers(visitor, ADA)
    await registers(visitor, ADA)
    assert visitor.heading == "Check your email"
    assert len(await mailbox.list_paths(visitor, to=ADA.email)) == 1


async def test_a_mistyped_address_is_changed_without_typing_all_again(visitor: Visitor) -> None:
    await registers(visitor, Person("aad@example.com", ADA.name))
    await visitor.follows("Use a different email address")
    typed = [visitor.field(name) for name in ("email", "name", "password")]
    assert typed == ["aad@example.com", ADA.name, ""]
    assert visitor.sees("Change what you need and enter your password again")

    await visitor.submits("Create account", email=ADA.email, password=ADA.password)
    assert visitor.sees(f"We’ve sent a link to {ADA.email}.")
    await opens_mailed_link(visitor, ADA, CONFIRM)
    await visitor.submits("Confirm this address")
    assert visitor.sees(ADA.name)


@pytest.mark.parametrize("address", ["nobody@example.com", ADA.email])
async def test_whoever_asks_for_the_mail_again_learns_nothing(
    visitor: Visitor, new_browser: NewBrowser, clock: Clock, address: str
) -> None:
    await registers(visitor, ADA)
    clock.advance(seconds=11)
    stranger = new_browser(CHROME)
    await stranger.opens("/register/again")
    assert stranger.heading == "Resend email"
    await stranger.submits("Resend email", email=address)

    assert stranger.sees(f"We’ve sent a link to {address}.")
    assert len(await mailbox.list_paths(visitor)) == (2 if address == ADA.email else 1)


async def test_asking_again_for_no_address_is_refused_beside_the_field(visitor: Visitor) -> None:
    await visitor.opens("/register/again")
    await visitor.submits("Resend email", email="ada")
    assert (visitor.status, visitor.field("email")) == (422, "ada")
    assert visitor.error("email") == "Enter an email address in the correct format, like name@example.com."


@pytest.mark.parametrize(
    ("email", "name"),
    [
        ("ada+site@example.com", "A"),
        ("ada@example.com", "n" * 100),
        ("ada@example.com", "😀" * 100),
        ("ada@example.com", "<b>Ada</b> & \"Ada\" 'Ada' &amp; {{ 7 * 7 }} %(name)s"),
        ("ada@example.com", "אדה לאבלייס ‏(1815)"),
        ("ada@example.com", "艾达·洛夫莱斯 Ада Лавлејс 👩‍💻"),
    ],
    ids=["plus", "100-letters", "100-emoji", "markup", "right-to-left", "scripts"],
)
async def test_a_name_in_any_script_is_kept_exactly(visitor: Visitor, email: str, name: str) -> None:
    await joins(visitor, Person(email, name))

    assert visitor.who == name
    assert visitor.sees(email)
    await visitor.opens("/profile/name")
    assert visitor.field("name") == name


async def test_blanks_around_name_and_address_do_not_count_and_in_a_password_they_do(visitor: Visitor) -> None:
    await registers(visitor, Person(f"  {ADA.email} ", f" {ADA.name}  ", "  my long password "))
    await opens_mailed_link(visitor, ADA, CONFIRM)
    await visitor.submits("Confirm this address")
    assert visitor.who == ADA.name

    await logs_out(visitor)
    await visitor.submits("Log in", within="#login-form", email=ADA.email, password="my long password")
    assert visitor.status == 422
    await visitor.submits("Log in", within="#login-form", password="  my long password ")
    assert visitor.path == "/profile"


async def test_who_is_signed_in_already_goes_to_the_profile(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    for path in ("/register", "/register/again", "/login", "/login-with-magic-link"):
        await visitor.opens(path)
        assert visitor.path == "/profile", path


class TestWithoutConfirmation:
    @pytest.fixture
    def environ(self, environ: dict[str, str]) -> dict[str, str]:
        return environ | {"EMAIL_CONFIRMATION": "off"}

    async def test_who_registers_is_logged_in_at_once(self, visitor: Visitor) -> None:
        await registers(visitor, ADA)
        assert (visitor.path, visitor.who) == ("/profile", ADA.name)
        assert visitor.status_message == "Your account is ready."
        assert await mailbox.list_paths(visitor) == []

    async def test_a_taken_address_is_said_beside_the_field(self, visitor: Visitor, new_browser: NewBrowser) -> None:
        await registers(visitor, ADA)
        stranger = new_browser(CHROME)
        await registers(stranger, Person(ADA.email.upper(), "Eve"))
        assert (stranger.status, stranger.field("name"), stranger.field("password")) == (422, "Eve", "")
        assert stranger.error("email") == "There’s already an account with this email address. Log in instead."

    async def test_a_wrong_field_makes_no_account(self, visitor: Visitor) -> None:
        await registers(visitor, Person(ADA.email, ADA.name, "too short"))
        assert visitor.status == 422
        await visitor.submits("Create account", password=ADA.password)
        assert visitor.who == ADA.name

    async def test_two_registrations_at_the_same_moment_make_one_account(
        self, visitor: Visitor, new_browser: NewBrowser
    ) -> None:
        other = new_browser(CHROME)
        await asyncio.gather(registers(visitor, ADA), registers(other, Person(ADA.email, "Other")))
        assert sorted(each.path for each in (visitor, other)) == ["/profile", "/register"] or visitor.javascript
        assert sorted(each.status for each in (visitor, other)) == [200, 422]
