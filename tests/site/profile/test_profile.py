"""The profile, and changing the name in place."""

import pytest

from tests.kit import mailbox
from tests.kit.app import NewBrowser
from tests.kit.bare import at_plain_altogic_too
from tests.kit.people import ADA, CHROME, Person, joins, logs_in, logs_out
from tests.kit.profile_page import word_saved
from tests.kit.visitor import Visitor

NAMES = [
    "n" * 100,
    "😀" * 100,
    "e\u0301" * 100,
    "🇩🇪" * 100,
    "👩🏻\u200d❤️\u200d💋\u200d👨🏻" * 100,
    "<script>alert(1)</script> & \"Ada\" 'Ada' &amp; {{ 7 * 7 }} %(name)s",
    "אדה לאבלייס ‏(1815)",
    "艾达·洛夫莱斯 Ада Лавлејс 👩‍💻",
]
QUESTION = "Which name do you want to keep?"
UNSEEN = "Name must contain at least one visible character."
TOWER = "Name contains a character made of too many parts. Use fewer accents or joined characters."
WRONG = [
    ("n" * 101, "Name must be 100 characters or fewer."),
    ("😀" * 101, "Name must be 100 characters or fewer."),
    ("", "Enter your name."),
    ("   ", "Enter your name."),
    ("\u200b\u200b", UNSEEN),
    ("\u3164", UNSEEN),
    ("\u2800\u2800", UNSEEN),
    ("\u0301", UNSEEN),
    ("e" + "\u0301" * 16, TOWER),
    ("😀" + "\u200d😀" * 8, TOWER),
]

pytestmark = at_plain_altogic_too


async def test_a_guest_is_sent_to_the_login_and_comes_back(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await logs_out(visitor)
    await visitor.opens("/profile")
    assert (visitor.path, visitor.query) == ("/login", {"next": "/profile"})
    await visitor.submits("Log in", within="#login-form", email=ADA.email, password=ADA.password)
    assert visitor.path == "/profile"


async def test_the_profile_shows_name_and_address_and_draws_initials_itself(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    assert visitor.who == ADA.name
    assert visitor.sees(f"Email address {ADA.email}")
    assert visitor.one("portrait").all("text")[0].text() == "AL"
    assert visitor.html.all("img") == []
    assert visitor.sees("This browser Firefox on Windows")


async def test_the_name_is_changed_in_place(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.follows("Change name")
    assert (visitor.focused, visitor.field("name")) == ("name", ADA.name)
    assert visitor.path == ("/profile" if visitor.javascript else "/profile/name")
    await visitor.submits("Save", name="Countess Ada")

    assert (visitor.path, visitor.who) == ("/profile", "Countess Ada")
    assert visitor.status_message == word_saved(visitor)
    assert visitor.focused == ("change-name" if visitor.javascript else "")
    await visitor.opens("/profile")
    assert (visitor.status_message, visitor.who) == ("", "Countess Ada")


async def test_what_was_saved_is_not_said_again_by_the_next_edit(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.follows("Change name")
    await visitor.submits("Save", name="Countess Ada")
    await visitor.follows("Change name")
    assert visitor.status_message == ""
    assert visitor.field("name") == "Countess Ada"


async def test_cancel_leaves_the_name_as_it_was(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.follows("Change name")
    await visitor.follows("Cancel")

    assert (visitor.path, visitor.who) == ("/profile", ADA.name)
    assert visitor.status_message == ""
    assert visitor.focused == ("change-name" if visitor.javascript else "")


async def test_any_name_is_kept_exactly_and_shown_escaped(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    for name in NAMES:
        await visitor.opens("/profile")
        await visitor.follows("Change name")
        await visitor.submits("Save", name=name)
        assert (visitor.who, visitor.status_message) == (name, word_saved(visitor))
        assert [each.get("src") for each in visitor.html.all("script") if not each.get("src").startswith("/")] == []


async def test_a_name_that_cannot_be_is_refused_beside_the_field(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.follows("Change name")
    for name, error in WRONG:
        await visitor.submits("Save", name=name)
        assert (visitor.status, visitor.error("name"), visitor.field("name").strip()) == (422, error, name.strip()), (
            name
        )
        assert visitor.focused == "name"
    await visitor.follows("Cancel")
    assert visitor.who == ADA.name


async def test_undo_puts_the_old_name_back(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.follows("Change name")
    await visitor.submits("Save", name='Countess "Ada" <b>&amp;</b> %(name)s')
    await visitor.submits("Undo")

    assert (visitor.path, visitor.who) == ("/profile", ADA.name)
    assert visitor.status_message == "Previous name restored."
    assert visitor.focused == ("change-name" if visitor.javascript else "")
    await visitor.opens("/profile")
    assert (visitor.status_message, visitor.who) == ("", ADA.name)


async def test_undo_is_offered_once_and_only_where_something_changed(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.follows("Change name")
    await visitor.submits("Save")
    assert visitor.status_message == "Name saved."
    await visitor.follows("Change name")
    await visitor.submits("Save", name="Countess Ada")
    assert "Undo" in visitor.buttons()
    await visitor.follows("Change name")
    await visitor.follows("Cancel")
    await visitor.opens("/profile")
    assert "Undo" not in visitor.buttons()


async def test_undo_overwrites_no_later_change_unseen(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.follows("Change name")
    await visitor.submits("Save", name="Countess Ada")
    await renames_in_another_tab(visitor, "From the other tab")
    await visitor.submits("Undo")

    assert (visitor.status, visitor.one("problem").text()) == (409, QUESTION)
    assert visitor.sees(f"Current name From the other tab Your change {ADA.name}")
    await visitor.submits(f"Use “{ADA.name}”")
    assert visitor.who == ADA.name


async def renames_in_another_tab(visitor: Visitor, name: str) -> None:
    tab = mailbox.another_tab(visitor)
    await tab.opens("/profile/name")
    await tab.submits("Save", name=name)


@pytest.mark.parametrize("choice", ["Use", "Keep"])
async def test_a_name_changed_in_another_tab_is_not_overwritten_unseen(visitor: Visitor, choice: str) -> None:
    await joins(visitor, ADA)
    await visitor.follows("Change name")
    await renames_in_another_tab(visitor, "The <other> tab")
    await visitor.submits("Save", name="This tab")

    assert (visitor.status, visitor.one("problem").text(), visitor.focused) == (409, QUESTION, "problem")
    assert visitor.sees("Current name The <other> tab Your change This tab")
    if choice == "Use":
        await visitor.submits("Use “This tab”")
        assert (visitor.who, visitor.status_message) == ("This tab", word_saved(visitor))
        await visitor.submits("Undo")
    else:
        await visitor.follows("Keep “The <other> tab”")
    assert (visitor.path, visitor.who) == ("/profile", "The <other> tab")


async def test_a_name_that_changes_again_is_asked_about_again(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.follows("Change name")
    await renames_in_another_tab(visitor, "Second")
    await visitor.submits("Save", name="Mine")
    await renames_in_another_tab(visitor, "Third")
    await visitor.submits("Use “Mine”")
    assert (visitor.status, bool(visitor.sees("Current name Third Your change Mine"))) == (409, True)


async def test_a_name_can_be_opened_at_a_clean_address(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    assert [link.href for link in visitor.links() if link.name == "Change name"] == ["/profile/name"]


async def test_the_same_name_typed_in_two_tabs_is_no_conflict(visitor: Visitor) -> None:
    await joins(visitor, ADA)
    await visitor.follows("Change name")
    tab = mailbox.another_tab(visitor)
    await tab.opens("/profile/name")
    await tab.submits("Save", name="Countess Ada")
    await visitor.submits("Save", name="Countess Ada")
    assert (visitor.status, visitor.who) == (200, "Countess Ada")


class TestASessionThatEndsWhileAFormIsOpen:
    async def test_leads_to_the_login_and_back_to_the_form_as_it_was_typed(
        self, visitor: Visitor, new_browser: NewBrowser
    ) -> None:
        await self.ends_while_ada_types(visitor, new_browser)
        assert (visitor.path, visitor.query) == ("/login", {"next": "/profile/name"})
        assert visitor.status_message == "You were logged out. Log in to continue. We’ve kept what you typed."
        await visitor.submits("Log in", within="#login-form", email=ADA.email, password=ADA.password)

        assert (visitor.path, visitor.field("name")) == ("/profile/name", "Typed & <kept>")
        await visitor.submits("Save")
        assert visitor.who == "Typed & <kept>"

    async def test_a_log_out_in_another_tab_keeps_what_was_typed(self, visitor: Visitor) -> None:
        await joins(visitor, ADA)
        await visitor.follows("Change name")
        tab = mailbox.another_tab(visitor)
        await tab.opens("/profile")
        await logs_out(tab)
        await visitor.submits("Save", name="Typed & <kept>")
        assert visitor.status_message == "You were logged out. Log in to continue. We’ve kept what you typed."
        await visitor.submits("Log in", within="#login-form", email=ADA.email, password=ADA.password)
        assert (visitor.path, visitor.field("name")) == ("/profile/name", "Typed & <kept>")

    async def test_the_draft_is_gone_once_it_was_saved(self, visitor: Visitor, new_browser: NewBrowser) -> None:
        await self.ends_while_ada_types(visitor, new_browser)
        await visitor.submits("Log in", within="#login-form", email=ADA.email, password=ADA.password)
        await visitor.submits("Save")
        await visitor.follows("Change name")
        await visitor.submits("Save", name="Newer")
        await visitor.follows("Change name")
        assert visitor.field("name") == "Newer"

    async def test_a_draft_is_shown_to_nobody_else(self, visitor: Visitor, new_browser: NewBrowser) -> None:
        grace = Person("grace@example.com", "Grace Hopper")
        await joins(visitor, grace)
        await logs_out(visitor)
        await self.ends_while_ada_types(visitor, new_browser)
        await logs_in(visitor, grace)
        await visitor.opens("/profile/name")
        assert visitor.field("name") == grace.name

    @staticmethod
    async def ends_while_ada_types(visitor: Visitor, new_browser: NewBrowser) -> None:
        await joins(visitor, ADA)
        await visitor.follows("Change name")
        other = new_browser(CHROME)
        await logs_in(other, ADA)
        await other.follows("Log out the other session (1)")
        await other.submits("Log out the other session (1)")
        await visitor.submits("Save", name="Typed & <kept>")
