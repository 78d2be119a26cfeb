"""Two-step verification: set up, logged in with, and lost."""

from datetime import UTC, datetime, timedelta

import pyotp

from tests.voice.act import Act
from tests.voice.listener import Listener

PROBLEM = "There is a problem"
APPS: dict[str, pyotp.TOTP] = {}
CODES: dict[str, list[str]] = {}


def read_the_states(listener: Listener) -> None:
    listener.join()
    listener.open("/profile/security")
    for each in ("change-password", "to-passkeys", "to-two-step", "to-recovery-codes"):
        listener.tab_to(each)


def open_the_set_up(listener: Listener) -> None:
    listener.focus("to-two-step")
    listener.press("Return")


def read_the_key(listener: Listener) -> None:
    listener.focus("open-app")
    APPS[listener.email] = pyotp.TOTP(listener.window.read_value("#secret").replace(" ", ""))
    listener.press("g", "Tab")


def reach_the_code(listener: Listener) -> None:
    listener.tab_to("code")


def enter_a_wrong_code(listener: Listener) -> None:
    listener.type("000000")
    listener.press("Return")


def enter_the_first_code(listener: Listener) -> None:
    listener.fill("code", APPS[listener.email].now())
    listener.press("Return")
    listener.expect_path("/profile/recovery-codes")


def read_the_codes(listener: Listener) -> None:
    listener.focus("up")
    CODES[listener.email] = listener.window.read("#codes").split()
    listener.press("h", "h", "Down", *["i"] * 10)


def copy_the_codes(listener: Listener) -> None:
    listener.focus("copy-codes")
    listener.press("Return")


def keep_the_codes(listener: Listener) -> None:
    listener.tab_to("keep-codes")
    listener.press("Return")


def read_the_states_again(listener: Listener) -> None:
    for each in ("new-app", "remove-app", "to-recovery-codes"):
        listener.tab_to(each)


def log_in_halfway(listener: Listener) -> None:
    listener.log_out()
    listener.enter_password()
    listener.expect_path("/login/second-step")


def choose_another_factor(listener: Listener) -> None:
    listener.tab_to("with-recovery-code")
    listener.press("Return")


def enter_a_wrong_recovery_code(listener: Listener) -> None:
    listener.type("BCDFGHJKLMNPQRST")
    listener.press("Return")


def open_lost_factors(listener: Listener) -> None:
    listener.tab_to("lost-factor")
    listener.press("Return")


def ask_for_a_code(listener: Listener) -> None:
    listener.tab_to("mail-code")
    listener.press("Return")


def begin_the_wait(listener: Listener) -> None:
    listener.fill("code", listener.elsewhere.read_code(listener.email))
    listener.press("Return")


def log_in_with_a_recovery_code(listener: Listener) -> None:
    listener.focus("to-second-step")
    listener.press("Return")
    listener.expect_path("/login/second-step")
    listener.focus("with-recovery-code")
    listener.press("Return")
    listener.fill("recovery_code", CODES[listener.email][0])
    listener.press("Return")


def log_in_late(listener: Listener) -> None:
    listener.log_out()
    listener.enter_password()
    listener.expect_path("/login/second-step")
    listener.window.evaluate("() => document.querySelector('[name=ref]').value = 'another'")
    listener.fill("code", show_next_code(listener))
    listener.press("Return")


def show_next_code(listener: Listener) -> str:
    """The one that comes next, which is taken half a minute early: the present one was used."""
    return APPS[listener.email].at(datetime.now(UTC) + timedelta(seconds=30))


ACTS = (
    Act(
        "Security: Tab to each thing",
        read_the_states,
        (
            "Change password",
            "Set",
            "No passkeys yet",
            "Set up two-step verification",
            "Off",
            "Make recovery codes",
            "No codes yet",
        ),
        times=2,
    ),
    Act("Set up", open_the_set_up, ("Set up two-step verification",), times=2),
    Act("the QR code and the key", read_the_key, ("QR code with the key below", "No camera?")),
    Act("Tab to the code of the app", reach_the_code, ("Code from your authenticator app entry.", "6 digits.")),
    Act("a wrong code of the app", enter_a_wrong_code, (PROBLEM,)),
    Act(
        "the right one",
        enter_the_first_code,
        ("Your app works. Save your recovery codes, and two-step verification is on.",),
        times=2,
    ),
    Act("the recovery codes are read", read_the_codes, ("Save your new codes",)),
    Act("they are copied", copy_the_codes, ("The codes are copied.",)),
    Act(
        "they are kept",
        keep_the_codes,
        ("Your recovery codes are saved. Two-step verification is on.",),
        times=2,
    ),
    Act("Two-step verification: Tab to each thing", read_the_states_again, ("Since", "10 codes left"), times=2),
    Act("the second step", log_in_halfway, ("Log in: second step", "Code from your authenticator app"), times=2),
    Act("a wrong code at the second step", enter_a_wrong_code, (PROBLEM,)),
    Act(
        "another factor",
        choose_another_factor,
        ("Use a recovery code instead link.", "Recovery code entry.", "16 letters"),
    ),
    Act("a wrong recovery code", enter_a_wrong_recovery_code, (PROBLEM,)),
    # The link is called what the title of its page is.
    Act("all factors are lost", open_lost_factors, ("Can’t take the second step?",), times=3),
    Act("Email me a code", ask_for_a_code, ("We’ve emailed you a code.", "Code from the email entry."), times=2),
    Act("the code of the email", begin_the_wait, ("The wait has begun. We’ve emailed you.",), times=2),
    Act(
        "a recovery code logs in",
        log_in_with_a_recovery_code,
        ("You’re logged in. 9 recovery codes are left.",),
        times=2,
    ),
    Act("the second step comes too late", log_in_late, ("Log in again.",), times=2),
)
