"""The acts before which a person proves again who they are, by the path, or its pattern, that asks the backend."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from web.i18n.locale import gettext as _


@dataclass(frozen=True)
class Act:
    """What it is asked for (`heading`, called in the locale of the request), and the `page` where it goes on, which is
    the path itself unless that is a download."""

    heading: Callable[[], str]
    page: str = ""


UNKNOWN = Act(lambda: _("Confirm it’s you to continue"))
ACTS: Mapping[str, Act] = {
    "/profile/email": Act(lambda: _("Confirm it’s you to change your email address")),
    "/profile/phone": Act(lambda: _("Confirm it’s you to change your phone number")),
    "/profile/phone/remove": Act(lambda: _("Confirm it’s you to remove your phone number")),
    "/profile/password": Act(lambda: _("Confirm it’s you to set a password")),
    "/profile/data/export": Act(lambda: _("Confirm it’s you to download your data"), page="/profile/data"),
    "/profile/leave/now": Act(lambda: _("Confirm it’s you to delete your account")),
    "/profile/history/*/disown": Act(lambda: _("Confirm it’s you to log everyone else out")),
    "/profile/two-step": Act(lambda: _("Confirm it’s you to change two-step verification")),
    "/profile/two-step/off": Act(lambda: _("Confirm it’s you to turn off two-step verification")),
    "/profile/two-step/remove": Act(lambda: _("Confirm it’s you to remove your authenticator app")),
    "/profile/recovery-codes*": Act(
        lambda: _("Confirm it’s you to see your recovery codes"), page="/profile/recovery-codes"
    ),
    "/profile/passkeys": Act(lambda: _("Confirm it’s you to add a passkey")),
    "/profile/passkeys/*/remove": Act(lambda: _("Confirm it’s you to remove a passkey")),
    "/profile/connected/*/remove": Act(lambda: _("Confirm it’s you to disconnect an account")),
    "/profile/connected/*": Act(lambda: _("Confirm it’s you to connect an account")),
    "/profile/leave": Act(lambda: _("Confirm it’s you to delete your account")),
}


def find_act(next_path: str) -> Act:
    """Return what the person wants to do, by where it is to go on."""
    path = next_path.partition("?")[0]
    return next((act for pattern, act in ACTS.items() if fnmatchcase(path, pattern)), UNKNOWN)
