""" "This wasn't me": the owner of an account answers what somebody else did, by a mail or by an entry of the history.

Everybody is logged out, in all browsers: whoever logged in once may have done so again. The password, which a stranger
may know, is then replaced by the same link, before which it ends, or by whoever is still logged in.
"""

from datetime import datetime

from backend.kernel.events import EventKind
from backend.mail.factor_letters import RECOVERY_CODE_USED
from backend.mail.letters import NOTICES
from backend.rules.context import ClientInfo
from backend.rules.events import record_event
from backend.rules.factors import remove_factors_added_since
from backend.rules.log_out import end_log_ins, end_other_log_ins
from backend.rules.lost_factors import wait_longer
from backend.rules.sessions import SignedIn
from backend.store import Queries
from backend.store.records import Link


def log_others_out(queries: Queries, me: SignedIn, client: ClientInfo, now: datetime) -> None:
    """End all sessions but the caller's, known devices but the client's, and links, a change of address among them."""
    end_other_log_ins(queries, me.user.id, client, except_for=me.session.id)
    queries.links.spend_others(me.user.id, now, letters=NOTICES)


def disown_notice(queries: Queries, link: Link, client: ClientInfo, now: datetime) -> None:
    """Log everybody out of the account that the link of a notice belongs to, within the caller's transaction.

    Of the account's links only those of notices still work. The password does not either: a stranger who knows it would
    be back before there is a new one; a wait that it has begun is the longer one. Factors that were added since go too.
    May be done again: a stranger may have come back.
    """
    user = queries.users.find_by_id(link.user_id)
    if user is not None:
        if user.email_verified:  # else it would be no account without one
            queries.users.update(user.id, {"password_hash": None})
            wait_longer(queries, user.id, now)
        remove_factors_added_since(queries, user, link.created_at, client, now)
        if link.letter == RECOVERY_CODE_USED.name:  # a stranger has the sheet
            queries.recovery_codes.delete_all(user.id)
    end_log_ins(queries, link.user_id)
    queries.links.spend_others(link.user_id, now, letters=NOTICES)
    if queries.links.disown(link.id, now):
        record_event(queries, link.user_id, EventKind.EVENT_DISOWNED, client, now, letter=link.letter)
