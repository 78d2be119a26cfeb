"""Asking for two-step verification to be removed, at the second step of a log-in that cannot be taken any more.

The ticket shows that the first factor was right; the other of password and mailbox is asked for, and then the wait is
the shorter one. The mailbox alone begins the longer one.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime

from backend.kernel.events import EventKind
from backend.kernel.refusals import RefusalError, refusal
from backend.mail.letter import CONFIRM, LOG_IN, LOSE_FACTORS
from backend.rules import limits
from backend.rules.codes import METHODS, check_code
from backend.rules.confirmation import can_be_mailed, require_email
from backend.rules.context import ClientInfo, Services
from backend.rules.limits import LOST_FACTORS_OF_ACCOUNT
from backend.rules.lost_factors import OPEN_FOR, WAIT_BY_MAIL, begin_waiting
from backend.rules.mail_limits import find_mail_counters
from backend.rules.mailer import Mailer
from backend.rules.password_checks import check_current_password, check_password_unchanged
from backend.rules.references import make_reference
from backend.rules.tickets import find_live_ticket
from backend.store import Queries
from backend.store.records import Ticket, User

BY_PASSWORD = frozenset({"password", "phone"})  # methods of a ticket: with the address, with the number
BY_MAIL = frozenset({LOG_IN, CONFIRM, *METHODS.values()})  # methods of a ticket that show whose mailbox it is


@dataclass(frozen=True)
class LostFactorsStatus:
    """What whoever holds a ticket can do: `needs` "code" or "password" to begin a wait, or wait until `ends_at`.

    `email`: the mailbox. `has_password`: the account has one to ask for. `is_over`: the wait is, and the link can be
    mailed.
    """

    email: str
    needs: str
    has_password: bool = field(repr=False)
    ends_at: datetime | None
    is_over: bool


@dataclass(frozen=True)
class Evidence:
    """What was typed beside the ticket: the password, the code of a mail, or neither."""

    password: str | None = field(default=None, repr=False)
    code: str | None = field(default=None, repr=False)


async def describe(services: Services, token: str, client: ClientInfo) -> LostFactorsStatus:
    """Describe what can be done with a ticket.

    Raises `invalid_ticket`, or `not_allowed` where there is no mailbox: a phone alone recovers nothing.
    """
    return await services.store.read(_describe, services, token, client)


def _describe(queries: Queries, services: Services, token: str, client: ClientInfo) -> LostFactorsStatus:
    ticket, user = find_live_ticket(queries, services, token, client)
    needs = "password" if ticket.method in BY_MAIL else "code"
    is_over = user.recovers_at is not None and user.recovers_at <= services.clock()
    return LostFactorsStatus(
        require_email(user).typed, needs, user.password_hash is not None, user.recovers_at, is_over
    )


async def mail_code(services: Services, token: str, client: ClientInfo) -> None:
    """Mail the code for whoever has shown the password. Raises `invalid_ticket`, `not_allowed`, or
    `rate_limit_exceeded`."""
    await services.store.write(_mail_code, services, token, client)
    services.mail_waits.set()


def _mail_code(queries: Queries, services: Services, token: str, client: ClientInfo) -> None:
    ticket, user = find_live_ticket(queries, services, token, client)
    if ticket.method in BY_MAIL or not can_be_mailed(services, user):
        raise refusal("not_allowed")
    limits.count(queries, services, find_mail_counters(queries, services, require_email(user), client))
    Mailer(queries, services, _as_asker(ticket, client)).send_lost_factors_code(user)


async def begin(services: Services, token: str, evidence: Evidence, client: ClientInfo) -> datetime:
    """Begin the wait, and return its end; of a wait under way that one's.

    Raises `invalid_ticket`, `invalid_credentials`, `wrong_code`, also where the code is missing, or
    `rate_limit_exceeded`.
    """
    ticket, user = await services.store.read(find_live_ticket, services, token, client)
    if ticket.method in BY_MAIL and evidence.password is not None:
        await check_current_password(services, user, evidence.password, client)
    ends_at = await services.store.write(_begin, services, token, evidence, user, client)
    if isinstance(ends_at, RefusalError):
        raise ends_at
    services.mail_waits.set()
    return ends_at


def _begin(
    queries: Queries, services: Services, token: str, evidence: Evidence, before: User, client: ClientInfo
) -> datetime | RefusalError:
    """Return a refusal instead of raising it: that would roll back the count of attempts."""
    ticket, user = find_live_ticket(queries, services, token, client)
    if ticket.method not in BY_MAIL:
        if refused := _use_code(queries, services, ticket, user, evidence.code, client):
            return refused
    elif evidence.password is not None:
        check_password_unchanged(queries, before)
    if user.two_step_at is None:
        raise refusal("invalid_ticket")
    now = services.clock()
    is_by_mail = not _has_shown_password(ticket, evidence) or _was_reset_lately(queries, user, now)
    if user.recovers_at is None:
        limits.count(queries, services, [limits.make_counter(services, LOST_FACTORS_OF_ACCOUNT, f"lost:{user.id}")])
    return begin_waiting(queries, services, user, client, now, is_by_mail=is_by_mail)


def _use_code(
    queries: Queries, services: Services, ticket: Ticket, user: User, code: str | None, client: ClientInfo
) -> RefusalError | None:
    reference = make_reference(services, require_email(user), _as_asker(ticket, client))
    if code is None or reference is None:
        return refusal("wrong_code", param="code")
    right = check_code(queries, services, reference, code, client, {LOSE_FACTORS})
    if isinstance(right, RefusalError):
        return right
    if right.is_repeated and user.recovers_at is None:  # what the first click has begun was stopped meanwhile
        return refusal("wrong_code", param="code")
    queries.links.spend(right.link.id, services.clock())
    return None


def _has_shown_password(ticket: Ticket, evidence: Evidence) -> bool:
    """Tell whether the password was shown: by the log-in itself, or beside the ticket of one by mail."""
    return ticket.method in BY_PASSWORD or (ticket.method in BY_MAIL and evidence.password is not None)


def _was_reset_lately(queries: Queries, user: User, now: datetime) -> bool:
    """Tell whether the mailbox alone has given the password that was shown."""
    return queries.events.has_happened(user.id, EventKind.PASSWORD_RESET, since=now - WAIT_BY_MAIL)


def _as_asker(ticket: Ticket, client: ClientInfo) -> ClientInfo:
    """Return the client, recognized by its ticket: the code of the mail is bound to that."""
    return replace(client, asker=f"ticket:{ticket.id}")


async def mail_link(services: Services, token: str, client: ClientInfo) -> None:
    """Mail the link once more that removes the factors, after the wait.

    Raises `invalid_ticket`, `not_allowed` before its end, or `rate_limit_exceeded`.
    """
    await services.store.write(_mail_link, services, token, client)
    services.mail_waits.set()


def _mail_link(queries: Queries, services: Services, token: str, client: ClientInfo) -> None:
    _ticket, user = find_live_ticket(queries, services, token, client)
    lost, now = queries.lost_factors.find(user.id), services.clock()
    if lost is None or user.recovers_at is None or not user.recovers_at <= now < user.recovers_at + OPEN_FOR:
        raise refusal("not_allowed")
    limits.count(queries, services, find_mail_counters(queries, services, require_email(user), client))
    Mailer(queries, services, client).send_factors_removable(user, asked_at=lost.created_at)
