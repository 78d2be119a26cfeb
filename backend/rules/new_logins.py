"""Telling the owner of an account of a log-in from a browser not seen before.

A browser is known by its device cookie alone, never by its network address: whoever logs in without one is new.
"""

from datetime import timedelta

from backend.kernel.devices import parse_user_agent
from backend.mail.letter import CONFIRM
from backend.rules import limits
from backend.rules.confirmation import can_be_mailed
from backend.rules.context import ClientInfo, Services
from backend.rules.known_devices import find_known_device
from backend.rules.mailer import Mailer
from backend.store import Queries
from backend.store.records import User
from serving.networks import network

SAME_LOGIN_FOR = timedelta(hours=1)  # log-ins of one kind of browser in one network are mailed once


def mail_new_login(queries: Queries, services: Services, user: User, method: str, client: ClientInfo) -> bool:
    """Mail the owner, within the transaction of a log-in and before its device is remembered. Return whether a mail was
    written.

    `user` is as before the log-in. The log-in that confirms an address, or begins an account, is no news.
    """
    is_first = method == CONFIRM or _never_logged_in(queries, user)
    if is_first or not can_be_mailed(services, user) or find_known_device(queries, user, client):
        return False
    if _was_mailed(queries, services, user, client) or not _is_within_limit(queries, services, user):
        return False
    Mailer(queries, services, client).send_new_login(user)
    return True


def _never_logged_in(queries: Queries, user: User) -> bool:
    return user.last_login_at == user.sign_up_at and not queries.devices.has_any(user.id)


def _was_mailed(queries: Queries, services: Services, user: User, client: ClientInfo) -> bool:
    """Return whether such a log-in was mailed within SAME_LOGIN_FOR: some browsers keep no cookies."""
    agent, now = parse_user_agent(client.user_agent), services.clock()
    place = f"{agent['family']}:{agent['os']['family']}:{network(client.address)}"
    same = services.keyring.derive_pseudonym(f"same:new-login:{user.id}:{place}")
    return queries.limits.increment(same, now=now, expires_at=now + SAME_LOGIN_FOR).count > 1


def _is_within_limit(queries: Queries, services: Services, user: User) -> bool:
    """Count a mail, apart from those that anybody can ask for: nobody can use up what the owner is told by."""
    counter = limits.make_counter(services, limits.NEW_LOGINS_MAILED, f"mail:new-login:{user.id}")
    return limits.try_to_count(queries, services, counter)
