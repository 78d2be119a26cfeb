"""How long what is kept about people is kept, and the table that tells them: docs/privacy.md, and in the export.

The clean-up (tasks/cleanup.py) deletes what is over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from backend.mail.letter import LEAVING_FOR
from backend.rules.known_devices import REMEMBERED_FOR
from backend.rules.limits import CODES_OF_ACCOUNT
from backend.rules.lost_factors import LONGEST_WAIT
from backend.rules.tickets import TICKET_LIFETIME
from translations import gettext as _
from translations.formatting import format_duration

KEEP_LINKS = timedelta(days=14)  # after their expiry: people are told that a link has expired, not that it is unknown
KEEP_MAILS = timedelta(days=14)  # after they were written, of those without a link: others go with theirs
KEEP_REGISTRATIONS = timedelta(days=14)  # after the sign-up: a mail sent again can confirm them
KEEP_PHONE_CODES = timedelta(days=1)  # after their expiry: so long a new number can be sent another one
KEEP_UNUSED_PHOTOS = timedelta(days=1)  # after the upload, or after the profile has got another photo
KEEP_EVENTS = timedelta(days=90)  # after the last of those counted in one
# What no program deletes, as it is not in the database: advice to operators, who may have laws of their own to follow.
KEEP_LOGS = timedelta(days=30)
KEEP_BACKUPS = timedelta(days=30)


@dataclass(frozen=True)
class Kept:
    """A row of the table, in the current locale: what is kept, why, and how long."""

    what: str
    why: str
    how_long: str


def list_kept(session_lifetime: timedelta) -> Sequence[Kept]:
    """List everything that is kept about a person, in the current locale."""
    sessions, devices = format_duration(session_lifetime), format_duration(REMEMBERED_FOR)
    after = {
        "account": format_duration(LEAVING_FOR),
        "links": format_duration(KEEP_LINKS),
        "registrations": format_duration(KEEP_REGISTRATIONS),
        "photos": format_duration(KEEP_UNUSED_PHOTOS),
        "events": format_duration(KEEP_EVENTS),
        "tickets": format_duration(TICKET_LIFETIME),
        "lost": format_duration(LONGEST_WAIT),
        "limits": format_duration(CODES_OF_ACCOUNT.within),  # the longest of all
        "phone_codes": format_duration(KEEP_PHONE_CODES),
        "logs": format_duration(KEEP_LOGS),
        "backups": format_duration(KEEP_BACKUPS),
    }
    return (
        Kept(
            _(
                "Your account: email address, phone number, name, photo, language, time zone, and what apps stored in "
                "your profile"
            ),
            _("It is your account."),
            _("Until you delete it, and %(time)s longer unless you want it gone at once") % {"time": after["account"]},
        ),
        Kept(
            _("Your password, as a hash from which it cannot be read"),
            _("To check it when you log in"),
            _("Until you change it or delete the account"),
        ),
        Kept(
            _(
                "Your passkeys: the public half of each, what it says of its kind, when and in which browser it was "
                "added, when it was last used, and the name you gave it"
            ),
            _("To check it when you log in, and to show you which there are"),
            _("Until you remove it or delete the account"),
        ),
        Kept(
            _("Your authenticator app: its secret, encrypted, and when you added it"),
            _("To check its codes when you log in"),
            _("Until you remove it or delete the account"),
        ),
        Kept(
            _("Logins that wait for their second step: how they began, and a hash of the browser"),
            _("So that nobody else takes the second step"),
            _("%(time)s at most") % {"time": after["tickets"]},
        ),
        Kept(
            _("Recovery codes: of each a letter, a hash from which the others cannot be read, and when it was used"),
            _("To let you in when your other second factor isn’t at hand"),
            _("Until you make new ones or delete the account"),
        ),
        Kept(
            _("A request to remove two-step verification: when, in which browser, from which network address"),
            _("To email you about it until it is stopped or done"),
            _("%(time)s at most") % {"time": after["lost"]},
        ),
        Kept(
            _(
                "Accounts elsewhere that you log in with: where, its id for you, the name and email address it told, "
                "when you connected it and last used it"
            ),
            _("To know you by it when you log in"),
            _("Until you disconnect it or delete the account"),
        ),
        Kept(
            _("Logins with an account elsewhere that are not finished: the same, and a hash of the browser"),
            _("To finish them"),
            _("%(time)s at most") % {"time": after["registrations"]},
        ),
        Kept(
            _("Sessions: browser, system, network address, times, and the name you gave them"),
            _("To keep you logged in, and to show you where you are"),
            _("Until you log out, at most %(time)s") % {"time": sessions},
        ),
        Kept(
            _("Known browsers: a hash for each, and when it was last used"),
            _("So that strangers who guess passwords cannot lock you out"),
            _("%(time)s after the latest login") % {"time": devices},
        ),
        Kept(
            _("History: what happened to the account, when, in which browser, from which network address"),
            _("So that you notice if somebody else uses your account"),
            _("%(time)s after it happened last") % {"time": after["events"]},
        ),
        Kept(
            _("Sign-ups: what was typed, until the address is confirmed"),
            _("To create the account once the address is confirmed"),
            _("%(time)s after the sign-up") % {"time": after["registrations"]},
        ),
        Kept(
            _("Emails sent to you and their links: kind, address, when, in which browser they were requested"),
            _("To deliver them, and to tell you that a link was used or has expired"),
            _("%(time)s after the link expired") % {"time": after["links"]},
        ),
        Kept(
            _("Codes sent to your phone: the number, what for, when, from which network address; never the code"),
            _("To check them, and to send a new one"),
            _("%(time)s after the code expired") % {"time": after["phone_codes"]},
        ),
        Kept(
            _("Files and folders of yours"),
            _("They are yours."),
            _("Until you delete them or the account"),
        ),
        Kept(
            _("Photos that your profile no longer shows"),
            _("So that a page that is still open can show them"),
            _("%(time)s after they were replaced or removed") % {"time": after["photos"]},
        ),
        Kept(
            _("Counts of attempts, under a pseudonym that names neither you nor your network"),
            _("To slow down people who guess passwords or flood mailboxes"),
            _("%(time)s at most") % {"time": after["limits"]},
        ),
        Kept(
            _("The log: time, path, result and duration of each request, without address, name or network address"),
            _("To find faults"),
            _("Up to whoever runs this site; %(time)s is recommended") % {"time": after["logs"]},
        ),
        Kept(
            _("Backups of all of this"),
            _("To restore it after a failure"),
            _("Up to whoever runs this site; %(time)s is recommended") % {"time": after["backups"]},
        ),
    )
