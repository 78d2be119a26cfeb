"""What was typed before a person is asked who they are: it is filled in again afterwards, and not sent."""

from tests.kit import mailbox
from tests.kit.app import NewBrowser
from tests.kit.clock import Clock
from tests.kit.people import ADA, CHROME, GRACE, joins, logs_in, logs_out
from tests.kit.visitor import Visitor

NEW = "ada@new.example"


async def asks_for_a_new_address(visitor: Visitor) -> None:
    await visitor.opens("/profile")
    await visitor.follows("Change email address")
    await visitor.submits("Change email address", new_email=NEW)


async def count_mails(visitor: Visitor) -> int:
    return len(await mailbox.list_paths(mailbox.another_tab(visitor), to=NEW))


async def test_the_form_comes_back_filled_in_and_nothing_is_sent(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    assert (visitor.path, visitor.query) == ("/confirm", {"next": "/profile/email"})
    assert visitor.heading == "Confirm it’s you to change your email address"
    assert visitor.sees("We’ve kept what you typed.")
    await visitor.submits("Continue", current_password="a wrong password")
    assert visitor.sees("We’ve kept what you typed.")
    await visitor.submits("Continue", current_password=ADA.password)

    assert (visitor.path, visitor.field("new_email")) == ("/profile/email", NEW)
    assert visitor.status_message == "What you typed is filled in again. It isn’t sent yet."
    assert await count_mails(visitor) == 0
    await visitor.submits("Change email address")
    assert visitor.sees(f"Waiting for {NEW} to be confirmed.")
    assert await count_mails(visitor) == 1


async def test_whoever_cancels_has_changed_nothing(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    await visitor.follows("Cancel")
    assert visitor.path == "/profile"
    assert visitor.does_not_see(NEW)
    assert await count_mails(visitor) == 0


async def test_what_ada_typed_is_shown_to_nobody_else(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(new_browser(CHROME), GRACE)
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    await logs_out(visitor)
    await logs_in(visitor, GRACE)
    await visitor.opens("/profile/email")
    assert visitor.field("new_email") == ""


async def test_whose_session_ends_on_the_way_logs_in_and_finds_what_was_typed(visitor: Visitor, clock: Clock) -> None:
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    visitor.http.cookies.delete("session")
    await visitor.opens("/confirm?next=/profile/email")
    assert visitor.path == "/login"
    clock.advance(minutes=1)
    await visitor.submits("Log in", within="#login-form", email=ADA.email, password=ADA.password)
    assert (visitor.path, visitor.field("new_email")) == ("/profile/email", NEW)
    assert await count_mails(visitor) == 0


async def test_what_was_typed_outlives_a_session_that_ends_while_the_password_is_typed(
    visitor: Visitor, clock: Clock
) -> None:
    """What the page that asks for it is sent with is nothing to keep instead."""
    await joins(visitor, ADA)
    await asks_for_a_new_address(visitor)
    visitor.http.cookies.delete("session")
    await visitor.submits("Continue", current_password=ADA.password)
    assert (visitor.path, visitor.status_message) == ("/login", "You were logged out. Log in to continue.")
    clock.advance(minutes=1)
    await visitor.submits("Log in", within="#login-form", email=ADA.email, password=ADA.password)
    assert (visitor.path, visitor.field("new_email")) == ("/profile/email", NEW)


async def test_a_box_is_as_it_was_left_though_no_password_is_kept(visitor: Visitor, clock: Clock) -> None:
    await joins(visitor, ADA)
    await visitor.opens("/profile/password")
    visitor.http.cookies.delete("session")
    await visitor.submits("Save new password", new_password="words chosen anew", end_others=False)
    assert (visitor.path, visitor.status_message) == ("/login", "You were logged out. Log in to continue.")
    clock.advance(minutes=1)
    await visitor.submits("Log in", within="#login-form", email=ADA.email, password=ADA.password)
    assert (visitor.path, visitor.field("end_others")) == ("/profile/password", "")


async def test_nothing_is_asked_within_15_minutes(visitor: Visitor, clock: Clock) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await logs_in(visitor, ADA)
    clock.advance(minutes=14)
    await asks_for_a_new_address(visitor)
    assert visitor.sees(f"Waiting for {NEW} to be confirmed.")
    clock.advance(minutes=1)
    await visitor.opens("/profile/email")
    await visitor.submits("Change email address", new_email="another@new.example")
    assert visitor.path == "/confirm"
