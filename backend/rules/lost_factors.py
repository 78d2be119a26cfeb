"""Lost factors: whoever cannot show a second factor any more asks for two-step verification to be removed, and waits.

The wait is what protects the owner: each day a mail tells of it, whose button stops it without a log-in; a log-in with
the factor stops it, and whoever is logged in sees it. How it is asked for: `lost_factor_requests.py`; what the links of
its mails do: `lost_factor_links.py`.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from backend.kernel import fields
from backend.kernel.events import EventKind
from backend.kernel.phones import phone
from backend.mail.factor_letters import FACTORS_RECOVERED
from backend.mail.letter import UNDO_EMAIL
from backend.rules.confirmation import can_be_mailed
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event
from backend.rules.factors import delete_removal_request, remove_all_factors
from backend.rules.log_out import log_out_everywhere
from backend.rules.mailer import Mailer
from backend.store import Queries
from backend.store.records import LostFactors, User
from translations import SOURCE

WAIT_WITH_PASSWORD = timedelta(days=3)  # NIST SP 800-63B-4, 4.2.2.2: an issued code and a remaining authenticator
WAIT_BY_MAIL = timedelta(days=7)  # where the mailbox is all that was proved
OPEN_FOR = timedelta(days=7)  # after the wait: so long the factors can be removed
LONGEST_WAIT = WAIT_BY_MAIL + OPEN_FOR
REMIND_EVERY = timedelta(days=1)
AT_ONCE = 20
OPERATOR = ClientInfo("", "", SOURCE)  # nobody's browser


def begin_waiting(
    queries: Queries, services: Services, user: User, client: ClientInfo, now: datetime, *, is_by_mail: bool
) -> datetime:
    """Begin the wait within the caller's transaction, and mail all boxes. Return its end, or that of one under way."""
    if queries.lost_factors.find(user.id) and user.recovers_at:
        return user.recovers_at
    ends_at = now + (WAIT_BY_MAIL if is_by_mail else WAIT_WITH_PASSWORD)
    lost = LostFactors(
        user_id=user.id,
        is_by_mail=is_by_mail,
        created_at=now,
        next_mail_at=now + REMIND_EVERY,
        user_agent=client.user_agent,
        address=client.address,
        language=client.language,
    )
    queries.lost_factors.insert(lost)
    queries.users.update(user.id, {"recovers_at": ends_at})
    record_event(queries, user.id, EventKind.FACTORS_LOST, client, now, proof="mail" if is_by_mail else "password")
    _mail_all_boxes(queries, services, user, lost, ends_at)
    return ends_at


def _mail_all_boxes(queries: Queries, services: Services, user: User, lost: LostFactors, ends_at: datetime) -> None:
    """Mail the address, and those before it which can still take the account back."""
    now, mailer = services.clock(), Mailer(queries, services, _find_asker(lost))
    before = [link.email for link in queries.links.list_unspent(user.id, UNDO_EMAIL) if link.expires_at > now]
    for email in dict.fromkeys([*([user.email] if user.email else []), *before]):
        mailer.send_lost_factors(user, email, ends_at=ends_at, asked_at=lost.created_at)


def _find_asker(lost: LostFactors) -> ClientInfo:
    """Return the client that asked, for mails that are written later."""
    return ClientInfo(lost.user_agent, lost.address, lost.language)


def stop_waiting(queries: Queries, user_id: str, client: ClientInfo, now: datetime, by: str) -> bool:
    """Keep the factors, within the caller's transaction. `by`: "mail", "session", "factor", or "time". False where
    nobody waits."""
    if not delete_removal_request(queries, user_id, now):
        return False
    record_event(queries, user_id, EventKind.FACTORS_KEPT, client, now, by=by)
    return True


def needs_password(queries: Queries, user: User) -> bool:
    """Tell whether the password is asked for at the end, as it was at the beginning."""
    lost = queries.lost_factors.find(user.id)
    return lost is not None and not lost.is_by_mail and user.password_hash is not None


async def stop_in_session(services: Services, user: User, client: ClientInfo) -> None:
    """Keep the factors, for whoever is logged in."""
    await services.store.write(stop_waiting, user.id, client, services.clock(), "session")


def wait_longer(queries: Queries, user_id: str, now: datetime) -> None:
    """Let a wait last as long as one by mail: the mailbox alone has ended the password that began it."""
    lost = queries.lost_factors.find(user_id)
    if lost is None or lost.is_by_mail:
        return
    ends_at = lost.created_at + WAIT_BY_MAIL
    queries.users.update(user_id, {"recovers_at": ends_at})
    queries.lost_factors.extend(user_id, min(ends_at, now + REMIND_EVERY))


async def mail_those_who_wait(services: Services) -> None:
    """Write the mails that are due: each day one, and at the end one with the link that removes the factors."""
    now = services.clock()
    while due := await services.store.read(_list_due, now):
        await _mail_each(services, due, now)


async def _mail_each(services: Services, due: Iterable[LostFactors], now: datetime) -> None:
    for lost in due:
        await services.store.write(_mail, services, lost, now)
        services.mail_waits.set()


def _list_due(queries: Queries, now: datetime) -> list[LostFactors]:
    return queries.lost_factors.list_due(now, AT_ONCE)


def _mail(queries: Queries, services: Services, lost: LostFactors, now: datetime) -> None:
    """Write the mail that is due and note when the next one is, in one transaction: none is lost, none comes twice."""
    user = queries.users.find_by_id(lost.user_id)
    if user is None or user.recovers_at is None:
        return
    ends_at = user.recovers_at
    closes_at = ends_at + OPEN_FOR
    if now >= closes_at:
        stop_waiting(queries, user.id, _find_asker(lost), now, "time")
    elif now >= ends_at and queries.lost_factors.postpone(lost, closes_at):
        Mailer(queries, services, _find_asker(lost)).send_factors_removable(user, asked_at=lost.created_at)
    elif now < ends_at and queries.lost_factors.postpone(lost, min(now + REMIND_EVERY, ends_at)):
        _mail_all_boxes(queries, services, user, lost, ends_at)


# -- The end


def remove_lost_factors(queries: Queries, services: Services, user: User, client: ClientInfo, now: datetime) -> None:
    """Remove all factors, end what is open, and mail the owner, within the caller's transaction."""
    remove_all_factors(queries, user, client, now)
    log_out_everywhere(queries, user.id, now)
    record_event(queries, user.id, EventKind.FACTORS_RECOVERED, client, now)
    if can_be_mailed(services, user):
        Mailer(queries, services, client).send_factor_letter(user, FACTORS_RECOVERED)


async def remove_for_operator(services: Services, name: str) -> bool:
    """Remove the factors of an account by its address or its number, log everybody out of it, and mail its owner.
    False where there is no such account, or two-step verification is off."""
    return await services.store.write(_remove_for_operator, services, name)


def _remove_for_operator(queries: Queries, services: Services, name: str) -> bool:
    if name.startswith("+"):
        user = queries.users.find_by_phone(phone(name))
    else:
        user = queries.users.find_by_email(fields.email(name).key)
    if user is None or user.two_step_at is None:
        return False
    remove_lost_factors(queries, services, user, OPERATOR, services.clock())
    return True
