"""Passkeys: added, named and removed."""

from tests.voice.act import Act
from tests.voice.listener import Listener


def open_the_list(listener: Listener) -> None:
    listener.join()
    listener.firefox.add_authenticator()
    listener.open("/profile/passkeys")


def reach_the_form(listener: Listener) -> None:
    listener.tab_to("name")
    listener.tab_to("use-passkey")


def add_one(listener: Listener) -> None:
    listener.fill("name", "Work laptop")
    listener.press("Return")


def add_it_again(listener: Listener) -> None:
    listener.focus("use-passkey")
    listener.press("Return")


def reach_the_row(listener: Listener) -> None:
    listener.focus_first("[id^=remove-]")
    listener.press("Tab")


def rename_it(listener: Listener) -> None:
    listener.focus_first("[id^=rename-]")
    listener.press("Return")


def name_it_too_long(listener: Listener) -> None:
    listener.replace("n" * 61)
    listener.press("Return")


def leave_by_escape(listener: Listener) -> None:
    listener.press("Escape")


def name_it(listener: Listener) -> None:
    listener.press("Return")
    listener.expect_focus("new-name")
    listener.replace("Phone")
    listener.press("Return")


def ask_to_remove_it(listener: Listener) -> None:
    listener.focus_first("[id^=remove-]")
    listener.press("Return")


def remove_it(listener: Listener) -> None:
    listener.tab_to("remove")
    listener.press("Return")


ACTS = (
    Act("Passkeys", open_the_list, ("Passkeys",), times=2),
    Act("Tab to the form", reach_the_form, ("Name entry.", "Add a passkey push button."), times=2),
    Act("a passkey is added", add_one, ("Passkey added.",), times=2),
    Act("Tab to its row", reach_the_row, ("Rename Work laptop",)),
    Act("it is added again", add_it_again, ("This device has a passkey for your account already.",)),
    Act("Rename", rename_it, ("Name for Work laptop entry",)),
    Act("too long a name, Enter", name_it_too_long, ("Error: Name must be 60 characters or fewer.",)),
    Act("Escape", leave_by_escape, ("Rename Work laptop",)),
    Act("another name, Enter", name_it, ("Rename Phone", "Name saved.")),
    Act("Remove", ask_to_remove_it, ("Remove this passkey?",), times=2),
    Act("it is removed", remove_it, ("Removed “Phone”.",), times=2),
)
