"""Pages that wait for an email, and what they say by themselves."""

from tests.kit.window import wait_for
from tests.voice.act import Act
from tests.voice.listener import Listener

NEW = "words chosen anew today"
PROBLEM = "There is a problem"
POLLS = "() => document.querySelector('[id^=look-again]').id"


def open_the_form(listener: Listener) -> None:
    listener.elsewhere.join(listener.email)
    listener.open("/forgot-password")
    listener.tab_to("email")


def send_nothing(listener: Listener) -> None:
    listener.press("Return")


def ask_for_a_new_password(listener: Listener) -> None:
    listener.fill("email", listener.email)
    listener.press("Return")


def wait_until_it_asks_less_often(listener: Listener) -> None:
    """For a minute."""
    listener.focus("send-again")
    first = listener.window.evaluate(POLLS)
    for _ in range(3):  # times the patience of a step
        try:
            wait_for(lambda: _is_other(listener, first))
        except AssertionError:
            continue
        return


def _is_other(listener: Listener, first: str) -> None:
    assert listener.window.evaluate(POLLS) != first


def choose_it_elsewhere(listener: Listener) -> None:
    listener.elsewhere.use_link(listener.email, new_password=NEW)


def ask_for_a_login_link(listener: Listener) -> None:
    listener.open("/login-with-magic-link")
    listener.fill("email", listener.email)
    listener.press("Return")


def reach_the_code(listener: Listener) -> None:
    listener.expect_path("/login-with-magic-link/sent")
    listener.tab_to("code")


def enter_a_wrong_code(listener: Listener) -> None:
    listener.type("WDJBMJHT")
    listener.press("Return")


def use_the_link_elsewhere(listener: Listener) -> None:
    listener.focus("send-again")
    listener.elsewhere.use_link(listener.email)


def mail_it_again(listener: Listener) -> None:
    listener.press("Return")


def enter_the_code(listener: Listener) -> None:
    listener.fill("code", listener.elsewhere.read_code(listener.email))
    listener.press("Return")


def ask_for_the_data(listener: Listener) -> None:
    listener.expect_path("/profile")
    listener.remove_password()
    listener.open("/profile/data")
    listener.focus("download")
    listener.press("Return")


def ask_for_a_code(listener: Listener) -> None:
    listener.expect_path("/confirm")
    listener.focus("mail-code")
    listener.press("Return")


def confirm_by_code(listener: Listener) -> None:
    listener.fill("code", listener.elsewhere.read_code(listener.email))
    listener.press("Return")


ACTS = (
    Act("Forgot your password?", open_the_form, ("Forgot your password?", "Email address entry."), times=3),
    Act("no address, Enter", send_nothing, (PROBLEM, "Enter your email address."), times=2),
    Act("a new password is asked for", ask_for_a_new_password, ("Check your email",), times=2),
    Act(
        "the page waits a minute",
        wait_until_it_asks_less_often,
        (),
        unsaid=("Check again", "this page will say so"),
    ),
    Act("a new password is chosen elsewhere", choose_it_elsewhere, ("Your new password is saved.",)),
    Act("a login link is asked for", ask_for_a_login_link, ("Check your email",), times=2),
    Act("Tab to the code", reach_the_code, ("Code from the email entry.", "8 letters")),
    Act("a wrong code", enter_a_wrong_code, (PROBLEM,)),
    Act(
        "the link is used elsewhere",
        use_the_link_elsewhere,
        ("The link was used in another browser, and you’re logged in there.",),
    ),
    Act("Resend email", mail_it_again, ("We’re sending the email again",), times=2),
    Act("the right code", enter_the_code, ("You’re logged in.",), times=2),
    Act(
        "Download: who it is is asked first, without a password",
        ask_for_the_data,
        ("Confirm it’s you to download your data",),
        times=2,
    ),
    Act("Email me a code", ask_for_a_code, ("We’ve emailed a code to", "Code from the email entry.")),
    Act("its code", confirm_by_code, ("You’ve confirmed it’s you. Now you can go on.",), times=2),
)
