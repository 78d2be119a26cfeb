"""Changing one's own password, in the row of the profile and on a page of its own."""

import pytest

from tests.kit import mailbox
from tests.kit.app import NewBrowser
from tests.kit.bare import at_plain_altogic_too
from tests.kit.people import ADA, CHROME, PASSWORD, Person, is_signed_in, joins, logs_in, logs_out
from tests.kit.visitor import Visitor

NEW = "words chosen anew today"
CHANGED = "Your password was changed"


async def changes_the_password(visitor: Visitor, *, old: str = PASSWORD, new: str = NEW, ends: bool = True) -> None:
    await visitor.opens("/profile")
    await visitor.follows("Change password")
    await visitor.submits("Save new password", current_password=old, new_password=new, end_others=ends)


@at_plain_altogic_too
async def test_the_password_is_changed_and_everybody_else_is_logged_out(
    visitor: Visitor, new_browser: NewBrowser
) -> None:
    await joins(visitor, ADA)
    elsewhere = new_browser(CHROME)
    await logs_in(elsewhere, ADA)
    await changes_the_password(visitor)

    assert visitor.path == "/profile"
    assert visitor.status_message == "Password changed. You’re logged out everywhere else."
    assert not await is_signed_in(elsewhere)
    await logs_in(elsewhere, ADA)
    assert elsewhere.status == 422
    await logs_in(elsewhere, Person(ADA.email, ADA.name, NEW))
    assert elsewhere.path == "/profile"


async def test_the_others_stay_where_the_box_is_not_ticked(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    elsewhere = new_browser(CHROME)
    await logs_in(elsewhere, ADA)
    await changes_the_password(visitor, ends=False)
    assert visitor.status_message == "Password changed."
    assert await is_signed_in(elsewhere)
    assert await is_signed_in(visitor)


async def test_the_box_is_ticked_at_first_and_stays_as_it_was_left(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens("/profile/password")
    assert visitor.field("end_others") == "yes"
    await visitor.submits("Save new password", end_others=False)
    assert (visitor.status, visitor.field("end_others")) == (422, "")


async def test_nobody_is_told_that_passwords_were_kept_when_the_session_has_ended(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens("/profile/password")
    tab = mailbox.another_tab(visitor)
    kept = dict(visitor.http.cookies)
    await logs_out(tab)
    visitor.http.cookies.update(kept)
    await visitor.submits("Save new password", current_password=PASSWORD, new_password=NEW, end_others=False)
    assert visitor.path == "/login"
    assert visitor.status_message == "You were logged out. Log in to continue."


@pytest.mark.parametrize(
    ("field", "old", "new", "error"),
    [
        ("current_password", "", NEW, "Enter your current password."),
        ("current_password", "words of somebody", NEW, "This isn’t your current password."),
        ("new_password", PASSWORD, "", "Create a password."),
        ("new_password", PASSWORD, "short", "Password must be 12 characters or more."),
        (
            "new_password",
            PASSWORD,
            ADA.email,
            "This password is too similar to your name or email address. Choose another one.",
        ),
    ],
)
async def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_shown_again(
    visitor: Visitor, field: str, old: str, new: str, error: str
) -> None:
    await joins(visitor, ADA)
    await changes_the_password(visitor, old=old, new=new)
    assert (visitor.status, visitor.error(field)) == (422, error)
    assert (visitor.field("current_password"), visitor.field("new_password")) == ("", "")
    await logs_out(visitor)
    await logs_in(visitor, ADA)
    assert visitor.path == "/profile", "the password is what it was"


async def test_wrong_passwords_count_like_those_of_a_log_in(visitor: Visitor) -> None:
    """A session that somebody took over is no way to guess."""
    await joins(visitor, ADA)
    statuses = []
    for number in range(11):
        await changes_the_password(visitor, old=f"guess number {number}")
        statuses.append(visitor.status)
    assert (statuses[0], statuses[-1]) == (422, 429)
    assert visitor.sees("Too many attempts.")


async def test_the_owner_takes_back_what_somebody_else_did(visitor: Visitor, new_browser: NewBrowser) -> None:
    await joins(visitor, ADA)
    await changes_the_password(visitor)
    owner = new_browser(CHROME)
    mail = await mailbox.newest(owner, to=ADA.email, subject=CHANGED)
    assert "Changed on 14 March 2026 at 09:26 UTC from Firefox on Windows." in mail.text
    await owner.opens(mail.link)
    assert owner.heading == CHANGED
    await owner.submits("This wasn’t me")
    assert not await is_signed_in(visitor)
    assert owner.heading == "Choose a new password"
    await owner.submits("Save new password", new_password="words of the owner alone")

    assert owner.path == "/login"
    await logs_in(visitor, Person(ADA.email, ADA.name, NEW))
    assert visitor.status == 422
    await logs_in(owner, Person(ADA.email, ADA.name, "words of the owner alone"))
    assert owner.path == "/profile"


async def test_whoever_does_not_know_the_current_one_is_mailed_a_link(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens("/profile/password")
    await visitor.follows("Choose a new one by email")
    assert (visitor.path, visitor.field("email")) == ("/forgot-password", ADA.email)


async def test_the_row_is_left_as_it_was(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.opens("/profile")
    await visitor.follows("Change password")
    await visitor.follows("Cancel")
    assert visitor.path == "/profile"
    assert visitor.one("change-password").name() == "Change password"


async def test_a_password_manager_finds_where_a_password_is_changed(visitor: Visitor) -> None:
    await visitor.opens("/.well-known/change-password")
    assert (visitor.status, visitor.url) == (200, f"{visitor.site}/login?next=/profile/password")
    await joins(visitor, ADA)
    await visitor.opens("/.well-known/change-password")
    assert (visitor.path, visitor.heading) == ("/profile/password", "Change password")
