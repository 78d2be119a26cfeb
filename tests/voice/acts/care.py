"""A new address, the proof of who it is before it, and the history."""

from tests.kit.people import PASSWORD
from tests.voice.act import Act
from tests.voice.listener import Listener

NEW, OTHER = "countess@example.com", "augusta@example.com"
PROBLEM = "There is a problem"


def open_the_new_address(listener: Listener) -> None:
    listener.confirm()
    listener.expect_path("/profile")
    listener.focus("change-email")
    listener.press("Return")


def ask_for_it(listener: Listener) -> None:
    listener.type(NEW)
    listener.press("Return")


def confirm_wrongly(listener: Listener) -> None:
    listener.type("not it at all")
    listener.press("Return")


def confirm(listener: Listener) -> None:
    listener.fill("current_password", PASSWORD)
    listener.press("Return")


def send_it(listener: Listener) -> None:
    listener.focus("new_email")
    listener.press("Return")


def reach_the_code(listener: Listener) -> None:
    listener.focus("outbox")
    listener.press("Tab")


def enter_a_wrong_code(listener: Listener) -> None:
    listener.type("WDJBMJHT")
    listener.press("Return")


def mail_it_again(listener: Listener) -> None:
    listener.focus("email-again")
    listener.press("Return")


def cancel_it(listener: Listener) -> None:
    listener.focus("email-cancel")
    listener.press("Return")


def ask_for_another(listener: Listener) -> None:
    listener.window.click("#change-email")
    listener.window.fill("#new_email", OTHER)
    listener.window.click("#save-email")


def confirm_it_elsewhere(listener: Listener) -> None:
    listener.focus("change-name")
    listener.elsewhere.use_link(OTHER)
    listener.email = OTHER


def open_the_history(listener: Listener) -> None:
    listener.log_in_elsewhere(2)
    listener.open("/profile/history")


def reach_a_log_in(listener: Listener) -> None:
    listener.focus_first("tr.event [id^=log-out]")
    listener.press("Tab")


def end_its_sessions(listener: Listener) -> None:
    listener.press("shift+Tab", "Return")


def agree_to_end_them(listener: Listener) -> None:
    listener.focus("log-out-now")
    listener.press("Return")


def end_a_session(listener: Listener) -> None:
    listener.log_in_elsewhere(1)
    listener.open("/profile/history")
    listener.focus_first("tr.event button[id^=log-out]")
    listener.press("Return")


def say_it_was_somebody_else(listener: Listener) -> None:
    listener.focus_first("[id^=disown]")
    listener.press("Return")


def log_everybody_else_out(listener: Listener) -> None:
    listener.tab_to("not-me")
    listener.press("Return")


ACTS = (
    Act("Change email address", open_the_new_address, ("New email address entry.", "We’ll email it a link.")),
    Act(
        "a new address, Enter: who it is is asked first",
        ask_for_it,
        ("Confirm it’s you to change your email address", "Current password"),
        times=2,
    ),
    Act("a wrong password", confirm_wrongly, (PROBLEM, "This isn’t your current password."), times=2),
    Act(
        "the right one",
        confirm,
        ("What you typed is filled in again. It isn’t sent yet.", "New email address"),
        times=2,
    ),
    Act("the address is sent", send_it, (f"Almost done. Open the link that we emailed to {NEW}.",), times=2),
    Act("Tab to the code of the new address", reach_the_code, ("Code from the email entry.", "8 letters")),
    Act("a wrong code of the new address", enter_a_wrong_code, (PROBLEM, "code"), times=4),
    Act("Resend email", mail_it_again, ("We’re sending the email again",)),
    Act("Cancel the change", cancel_it, ("Cancelled. Your email address stays as it is.",)),
    Act("another address, in its row", ask_for_another, (f"Almost done. Open the link that we emailed to {OTHER}.",)),
    Act(
        "the address is confirmed elsewhere",
        confirm_it_elsewhere,
        ("Your new email address is confirmed.",),
        unsaid=("Change email address",),
    ),
    Act("the history opens", open_the_history, ("History",), times=2),
    Act("Tab to a log-in", reach_a_log_in, ("This wasn’t me", "Logged in using a password", "Chrome on Linux")),
    Act("its sessions are to be logged out", end_its_sessions, ("Log out these sessions?",), times=3),
    Act("they are", agree_to_end_them, ("Logged out 2 other sessions.",), times=2),
    Act("one session is logged out in the history", end_a_session, ("Logged out Chrome on Linux.",)),
    Act("This wasn’t me", say_it_was_somebody_else, ("This wasn’t me",), times=3),
    Act(
        "everybody else is logged out",
        log_everybody_else_out,
        ("Everyone else is logged out. Now choose a new password.", "Current password"),
        times=2,
    ),
)
