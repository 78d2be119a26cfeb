"""A phone number: added in the row of the profile, then a way to log in."""

from tests.voice.act import Act
from tests.voice.listener import Listener

PHONE = "+4915112345678"
PROBLEM = "There is a problem"


def open_the_row(listener: Listener) -> None:
    listener.join()
    listener.focus("change-phone")
    listener.press("Return")
    listener.expect_focus("phone")


def ask_for_a_code(listener: Listener) -> None:
    listener.type(PHONE)
    listener.press("Return")
    listener.expect_focus("sms-code")


def enter_a_wrong_code(listener: Listener) -> None:
    listener.type("123456")
    listener.press("Return")
    listener.expect_focus("problem")


def enter_the_code(listener: Listener) -> None:
    listener.fill("sms-code", listener.elsewhere.read_sms(PHONE))
    listener.press("Return")
    listener.expect_focus("change-phone")


def open_the_log_in(listener: Listener) -> None:
    listener.log_out()
    listener.focus("by-sms")
    listener.press("Return")
    listener.expect_path("/login-with-code")


def send_no_number(listener: Listener) -> None:
    listener.fill("phone", "0151 12345")
    listener.press("Return")
    listener.expect_focus("problem")


def send_the_number(listener: Listener) -> None:
    listener.fill("phone", PHONE)
    listener.press("Return")
    listener.expect_focus("code")


def send_another_code(listener: Listener) -> None:
    listener.focus("send-again")
    listener.press("Return")
    listener.expect_focus("code")


ACTS = (
    Act("Add a phone number", open_the_row, ("Phone number entry.", "With + and the country code"), times=2),
    Act("its code is asked for", ask_for_a_code, ("Almost done. Enter the code from the SMS.",), times=2),
    Act("a wrong code", enter_a_wrong_code, (PROBLEM, "This code isn’t right"), times=2),
    Act("the right code", enter_the_code, ("Phone number saved.",), times=2),
    Act("log in with a code by SMS", open_the_log_in, ("Log in with a code by SMS",), times=3),
    Act("no number, Enter", send_no_number, (PROBLEM, "with + and the country code"), times=2),
    Act("the number", send_the_number, ("Enter the code from the SMS", "Code from the SMS entry."), times=3),
    Act("Send another code", send_another_code, ("We’re sending another code",), times=2),
)
