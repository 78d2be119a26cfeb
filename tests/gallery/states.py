"""Every state of every page, and how it is reached."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from playwright.sync_api import Page

from tests.gallery import account_steps, email_steps, entry_steps, leaving_steps, passkey_steps, steps
from tests.gallery.sites import Sites
from tests.kit.people import PASSWORD


@dataclass(frozen=True)
class State:
    """`reach` leads a fresh page there. `member` is who is logged in. `has_own_look`: the site is one of its own, with
    a look that others do not have. A letter is shown as by a mail program."""

    name: str
    reach: Callable[[Page, Sites], None]
    member: str = ""
    has_own_look: bool = False

    @property
    def is_letter(self) -> bool:
        return self.name.startswith("letter, ")


FAILED_LINK = "/auth-redirect?status=400&action=email-confirm&error=expired&code="
STATES = (
    State("home", steps.at("/")),
    State("create an account", steps.at("/register")),
    State("create an account, nothing typed", steps.submit("/register", "create-account")),
    State("create an account, a weak password", entry_steps.weak_password),
    State("create an account, password shown", entry_steps.show_password),
    State(
        "create an account, a leaked password",
        steps.submit("/register", "create-account", email="ada@example.com", name="Ada", password="password1234"),
    ),
    State(
        "create an account, 503",
        steps.send_in_vain("/register", "create-account", email="ada@example.com", name="Ada", password=PASSWORD),
    ),
    State("create an account, logged in", steps.at("/register?switch=yes"), "ada"),
    State("check your mail", entry_steps.wait_for_mail),
    State("check your mail, the mail server away", entry_steps.wait_without_mail),
    State("resend the mail", steps.at("/register/again")),
    State("resend the mail, 503", steps.send_in_vain("/register/again", "send-again", email="ada@example.com")),
    State("check your mail, confirmed in another browser", entry_steps.confirm_elsewhere),
    State("confirm your address", entry_steps.land),
    State("a sign-up to cancel", entry_steps.disown),
    State("confirm your address, in another browser", entry_steps.land_elsewhere),
    State("confirm your address, in another browser, a leaked password", entry_steps.refuse_elsewhere),
    State("a link that expired", steps.at(f"{FAILED_LINK}link_expired")),
    State("a link that was used", steps.at(f"{FAILED_LINK}link_used")),
    State("a link that is unknown", steps.at(f"{FAILED_LINK}link_unknown")),
    State("log in", steps.at("/login")),
    State("log in, refused", steps.submit("/login", "log-in", email="ada@example.com", password="not it at all")),
    State("log in, 429", entry_steps.too_many),
    State("log in, 503", steps.send_in_vain("/login", "log-in", email="ada@example.com", password=PASSWORD)),
    State("log in, logged in", steps.at("/login?switch=yes"), "ada"),
    State("log in, logged out", entry_steps.log_out),
    State("log in, the session over", account_steps.lose_session),
    State("log in, passkeys offered", passkey_steps.log_in),
    State("log in, passkeys offered, cancelled", passkey_steps.cancel),
    State("log in, passkeys without a script", passkey_steps.run_no_script),
    State("log in with a passkey", passkey_steps.log_in_alone),
    State("log in with a passkey, refused", passkey_steps.be_refused),
    State("log in by link", steps.at("/login-with-magic-link")),
    State("log in by link, no address", steps.submit("/login-with-magic-link", "send-link")),
    State("log in by link, 503", steps.send_in_vain("/login-with-magic-link", "send-link", email="ada@example.com")),
    State("log in by link, sent", entry_steps.asks_for_a_link),
    State("forgotten password", steps.at("/forgot-password")),
    State("forgotten password, no address", steps.submit("/forgot-password", "send-link")),
    State("forgotten password, sent", steps.submit("/forgot-password", "send-link", email="ada@example.com")),
    State("forgotten password, a new one", entry_steps.choose_new_password),
    State("forgotten password, a new one refused", entry_steps.refuse_new_password),
    State("a login by somebody else, landing", entry_steps.see_notice),
    State("a login by somebody else, this wasn’t me", entry_steps.answer_notice),
    State("log in by link, landing", entry_steps.login_by_link),
    State("log in by link, used elsewhere", entry_steps.use_the_link_elsewhere),
    State("log in by link, a wrong code", entry_steps.type_a_wrong_code),
    State("a code", entry_steps.show_the_page_of_codes),
    State("a code, nothing waited for", steps.submit("/code", "use-code", code="WDJB-MJHT")),
    State("language and time zone", steps.at("/language")),
    State("accessibility", steps.at("/accessibility")),
    State("logged out", steps.at("/logout")),
    State("403", steps.forbidden),
    State("404", steps.at("/no/such/page")),
    State("413", account_steps.too_large, "ada"),
    State("503", lambda page, sites: (page.goto(f"{sites.silent}/profile"), None)[1], "ada"),
    State("profile", steps.at("/profile"), "ada"),
    State("profile, just confirmed", entry_steps.confirm),
    State("profile, with a photo", steps.at("/profile"), "grace"),
    State("profile, the photo broken", account_steps.break_photo, "grace"),
    State("profile, the photo loading", account_steps.load_photo, "grace"),
    State("profile, forty sessions and a long name", steps.at("/profile"), "crowd"),
    State("profile, right to left", steps.at("/profile"), "lina"),
    State("sessions", steps.at("/profile/sessions"), "crowd"),
    State("sessions, none elsewhere", steps.at("/profile/sessions"), "lina"),
    State("sessions, one logged out", account_steps.ends_a_session, "crowd"),
    State("sessions, all others logged out", account_steps.ends_all_others),
    State("history", steps.at("/profile/history"), "crowd"),
    State("history, a login by somebody else", account_steps.see_other_login),
    State("history, this wasn’t me", account_steps.disown_event),
    State("history, logged out", account_steps.log_out_event),
    State("passkeys", passkey_steps.show_two),
    State("passkeys, none", passkey_steps.have_none),
    State("passkeys, at a number", passkey_steps.see_no_form, "ada"),
    State("passkeys, known already", passkey_steps.add_one_again),
    State("passkeys, a new one refused", passkey_steps.add_with_a_wrong_name),
    State("passkeys, one named", passkey_steps.rename),
    State("passkeys, one named, refused", passkey_steps.rename_wrongly),
    State("passkeys, one named, saved", passkey_steps.save_name),
    State("passkeys, remove", passkey_steps.ask_to_remove),
    State("passkeys, one removed", passkey_steps.remove),
    State("your data", steps.at("/profile/data"), "ada"),
    State("leave", steps.at("/profile/leave"), "ada"),
    State("leave, nothing ticked", steps.submit("/profile/leave", "delete-account"), "ada"),
    State("leave, left", leaving_steps.has_left),
    State("keep your account", leaving_steps.comes_back),
    State("keep your account, deleted now, nothing ticked", leaving_steps.comes_back_and_ticks_nothing),
    State("change name", account_steps.edits_name, "ada"),
    State("change name, alone", steps.at("/profile/name"), "ada"),
    State("change name, refused", account_steps.refuse_name, "ada"),
    State("change name, saved", account_steps.save_name, "lina"),
    State("change name, changed elsewhere", account_steps.two_names, "grace"),
    State("change name, offline", account_steps.offline, "ada"),
    State("change name, busy", account_steps.busy, "ada"),
    State("change email address", steps.follows("/profile", "change-email"), "ada"),
    State("change email address, alone", steps.at("/profile/email"), "ada"),
    State("change email address, refused", steps.submit("/profile/email", "save-email", new_email="countess"), "ada"),
    State("change email address, pending", email_steps.wait),
    State("change email address, pending, alone", email_steps.wait_alone),
    State("change email address, changed", email_steps.change),
    State("change email address, cancelled", email_steps.cancel),
    State("change email address, not me", email_steps.keep),
    State("change email address, to undo", email_steps.get_back),
    State("change email address, undone", email_steps.undo),
    State("change email address, undone before", email_steps.undo_twice),
    State("change password", steps.follows("/profile", "change-password"), "ada"),
    State("change password, alone", steps.at("/profile/password"), "ada"),
    State("change password, refused", steps.submit("/profile/password", "save-password", new_password="short"), "ada"),
    State("who it is", steps.at("/confirm?next=/profile/email"), "ada"),
    State("who it is, refused", steps.submit("/confirm", "confirm-me", current_password="not it at all"), "ada"),
    State("who it is, with what was typed", account_steps.keep_what_was_typed, "ada"),
    State("change language", steps.follows("/profile", "change-language"), "ada"),
    State("change time zone", steps.follows("/profile", "change-time-zone"), "ada"),
    State("change time zone, alone", steps.at("/profile/time-zone"), "ada"),
    State("photo, alone", steps.at("/profile/avatar"), "grace"),
    State("photo, chosen", account_steps.choose_photo, "ada"),
    State("photo, being sent", account_steps.send_photo, "ada"),
    State("photo, saved", account_steps.save_photo, "grace"),
    State("photo, removed", account_steps.remove_photo),
    State("photo, refused", account_steps.refuse_photo, "ada"),
    State("photo, remove", steps.at("/profile/avatar/remove"), "grace"),
    State("a session, named", account_steps.names_a_session, "ada"),
    State("a session, named, saved", account_steps.saves_a_sessions_name, "ada"),
    State("a session, named, refused", account_steps.refuses_a_sessions_name, "ada"),
    State("a session, unfolded", account_steps.unfolds_a_session, "crowd"),
    State("a session, alone", account_steps.a_sessions_page, "crowd"),
    State("all other sessions", account_steps.asks_about_all, "crowd"),
    State("all other sessions, alone", steps.at("/profile/sessions/others"), "crowd"),
    State("log out", steps.at("/logout"), "ada"),
    State("an owner’s look, log in, refused", steps.at_owned("/login", "log-in"), has_own_look=True),
    State("an owner’s look, create an account", steps.at_owned("/register"), has_own_look=True),
    State("an owner’s look, 404", steps.at_owned("/no/such/page"), has_own_look=True),
    State("outbox", steps.at("/outbox")),
    State("a mail", entry_steps.the_mail),
    State("letter, confirm your address", steps.letter("Confirm your email address", entry_steps.wait_for_mail)),
    State("letter, login link", steps.letter("Your login link", entry_steps.asks_for_a_link)),
    State(
        "letter, there is an account already", steps.letter("You already have an account", entry_steps.registers_again)
    ),
    State("letter, new password", steps.letter_of_the_contract("Choose a new password")),
    State("letter, your account will be deleted", steps.letter("Your account will be deleted", leaving_steps.has_left)),
    State("letter, new login", steps.letter("New login", steps.log_in_anew)),
    State("letter, new address", steps.letter_of_the_contract("Confirm your new email address")),
    State("letter, new address requested", steps.letter_of_the_contract("New email address requested")),
    State("letter, address changed", steps.letter(email_steps.CHANGED, email_steps.change)),
    State("letter, in German and a bright colour", steps.branded_letter),
)
