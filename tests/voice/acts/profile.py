"""From creating an account to logging out."""

from tests.kit.people import PASSWORD
from tests.voice.act import Act
from tests.voice.listener import Listener


def open_registration(listener: Listener) -> None:
    listener.open("/register")
    listener.tab_to("email")
    listener.tab_to("name")
    listener.tab_to("password")


def send_nothing(listener: Listener) -> None:
    listener.press("Return")


def follow_the_summary(listener: Listener) -> None:
    listener.tab_to("to-email")
    listener.press("Return")


def type_a_password(listener: Listener) -> None:
    listener.focus("password")
    listener.type(PASSWORD)


def confirm_the_address(listener: Listener) -> None:
    listener.confirm()


def change_the_name(listener: Listener) -> None:
    listener.tab_to("change-name")
    listener.press("Return")


def empty_the_name(listener: Listener) -> None:
    listener.press("BackSpace", "Return")


def save_a_name(listener: Listener) -> None:
    listener.type("Grace")
    listener.press("Return")


def leave_by_escape(listener: Listener) -> None:
    listener.press("Return")
    listener.expect_focus("name")
    listener.press("Escape")


def refuse_a_photo(listener: Listener) -> None:
    listener.send_photo(b"no picture")


def end_a_session(listener: Listener) -> None:
    listener.log_in_elsewhere(3)
    listener.focus_first("#session-list li:nth-child(2) form button")
    listener.press("Return")


def ask_for_all_others(listener: Listener) -> None:
    listener.focus("end-others")
    listener.press("Return")


def end_all_others(listener: Listener) -> None:
    listener.press("Tab", "Tab", "Return")


def log_out(listener: Listener) -> None:
    listener.focus("log-out")
    listener.press("Return")


ACTS = (
    Act("Tab to each field", open_registration, ("Email address entry.", "Name entry.", "Create a password")),
    Act("Create account, with nothing typed", send_nothing, ("There is a problem", "Create a password."), times=2),
    Act("a link of the summary", follow_the_summary, ("Email address entry.", "Error: Enter your email address.")),
    Act("a password is typed", type_a_password, ("Long and strong",)),
    Act("the address is confirmed", confirm_the_address, ("Your email address is confirmed.",), times=2),
    Act("Change name", change_the_name, ("Name entry Ada selected.",)),
    Act("no name, Enter", empty_the_name, ("Error: Enter your name.",)),
    Act("another name, Enter", save_a_name, ("Change name", "Name saved.")),
    Act("Change name, Escape", leave_by_escape, ("Change name",)),
    Act("a photo is refused", refuse_a_photo, ("Error: The photo",), times=2),
    Act("a session is logged out", end_a_session, ("Logged out",)),
    Act(
        "all others are to be logged out",
        ask_for_all_others,
        ("other sessions?", "This browser stays"),
        times=2,
    ),
    Act("all others are logged out", end_all_others, ("Logged out 2 other sessions.",)),
    Act("Log out", log_out, ("You’re logged out",), times=2),
)
