"""A copy of one's data, and leaving."""

from tests.voice.act import Act
from tests.voice.listener import Listener

PROBLEM = "There is a problem"


def open_the_data(listener: Listener) -> None:
    listener.confirm()
    listener.expect_path("/profile")
    listener.open("/profile/data")


def download_it(listener: Listener) -> None:
    listener.tab_to("download")
    listener.press("Return")


def confirm(listener: Listener) -> None:
    listener.type("three unrelated words")
    listener.press("Return")


def open_the_end(listener: Listener) -> None:
    listener.focus("leave")
    listener.press("Return")


def leave_without_being_sure(listener: Listener) -> None:
    listener.tab_to("delete-account")
    listener.press("Return")


def be_sure(listener: Listener) -> None:
    listener.tab_to("sure")
    listener.press("space")


def leave(listener: Listener) -> None:
    listener.focus("delete-account")
    listener.press("Return")


def come_back(listener: Listener) -> None:
    listener.enter_password()


def delete_without_being_sure(listener: Listener) -> None:
    listener.focus("delete-now")
    listener.press("Return")


def ask_to_delete_now(listener: Listener) -> None:
    listener.focus("sure")
    listener.press("space")
    listener.focus("delete-now")
    listener.press("Return")


def enter_a_wrong_code(listener: Listener) -> None:
    listener.fill("code", "WDJBMJHT")
    listener.press("Return")


def enter_the_code(listener: Listener) -> None:
    listener.fill("code", listener.elsewhere.read_code(listener.email))
    listener.press("Return")


ACTS = (
    Act("Your data", open_the_data, ("Your data",), times=2),
    Act(
        "Download: who it is is asked first",
        download_it,
        ("Download link", "Confirm it’s you to download your data", "Current password"),
        times=2,
    ),
    Act("the password", confirm, ("You’ve confirmed it’s you. Now you can go on.",), times=2),
    Act("Delete account", open_the_end, ("Delete your account",), times=3),
    Act("Delete account, without being sure", leave_without_being_sure, (PROBLEM,), times=2),
    Act("the box is ticked", be_sure, ("everything in it. check box not checked.", "Error: Tick the box")),
    Act("the account is left", leave, ("deleted",), times=3),
    Act("the password is entered again", come_back, ("Keep your account?",), times=2),
    Act("delete it now, without being sure", delete_without_being_sure, (PROBLEM,), times=2),
    Act("delete it now", ask_to_delete_now, ("Nothing is deleted yet.",), times=2),
    Act("a wrong code", enter_a_wrong_code, (PROBLEM,)),
    Act("the right code", enter_the_code, ("Your account was deleted.",), times=2),
)
