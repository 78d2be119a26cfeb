"""What an attempt to deliver a mail leads to: it has gone, it is tried again after a backoff, or it is given up.

Each `plan_...` returns the write that records it, for the store to run.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from backend.mail.errors import AnswerLostError, MailError, MailRefusedError, MailServerUnavailableError
from backend.mail.letters import LETTERS
from backend.rules.context import Services
from backend.rules.mailer import find_lifetime
from backend.store import Queries
from backend.store.records import Mail

log = logging.getLogger("backend.mail")

Outcome = Callable[[Queries], None]

# Exponential backoff: the pause doubles with each failed attempt. Pauses after permanent refusals: mail/errors.py.
FIRST_BACKOFF, LONGEST_BACKOFF = timedelta(seconds=5), timedelta(hours=1)
LONGEST_BACKOFF_OF_SERVER = timedelta(minutes=5)  # while it is away one mail at a time tries, which costs little
MOST_DOUBLINGS = 12
GIVE_UP_AFTER = timedelta(days=2)  # since the mail was written
RETRY_LOST_ANSWER_AFTER = timedelta(minutes=10)
MOST_LOST_ANSWERS = 2  # most probably the server has the mail: it is sent once more in case it has not
MAIL = "mail"  # the channel
LATE_AFTER = timedelta(minutes=1)  # a mail that leaves later than this has its link's lifetime begun anew
LONGEST_LEASE = timedelta(minutes=1)  # a mail due later than this is not in hand but waits for its backoff to end

NO_LINK = "its link cannot be made any more"


def plan_success(services: Services, mail: Mail) -> Outcome:
    """Return the write after the server has taken a mail."""
    return partial(_record_delivery, services=services, mail=mail, now=services.clock())


def plan_failure(services: Services, mail: Mail, error: MailError) -> Outcome:
    """Return the write after the server has not taken a mail: when to try again, or that it is given up."""
    if isinstance(error, AnswerLostError):
        return plan_lost_answer(services, mail, str(error))
    pause = _find_backoff(services, mail, error)
    if pause is None:
        return plan_giving_up(services, mail, error)
    log.warning("mail %s was not taken (try %d): %s", mail.id, mail.tries + 1, _describe(error))
    return partial(_record_failure, mail=mail, error=error, next_try_at=services.clock() + pause)


def plan_lost_answer(services: Services, mail: Mail, failure: str) -> Outcome:
    """Return the write after a mail was handed over and no answer came: it may have arrived, or not.

    So its link has to work from now on. A server that never answers gets the mail MOST_LOST_ANSWERS times.
    """
    log.warning("mail %s was handed over without an answer (try %d)", mail.id, mail.tries + 1)
    if mail.lost_answers + 1 >= MOST_LOST_ANSWERS:
        return plan_success(services, mail)
    return partial(_record_lost_answer, services=services, mail=mail, failure=failure[:500], now=services.clock())


def plan_giving_up(services: Services, mail: Mail, error: MailError | None = None) -> Outcome:
    """Return the write that gives a mail up; without an error because its link cannot be made any more."""
    log.error("mail %s is given up after %d tries: %s", mail.id, mail.tries + 1, _describe(error))
    return partial(_give_up, mail=mail, error=error, now=services.clock())


def plan_server_status(services: Services, *, is_away: bool) -> Outcome:
    """Return the write that tells everybody who waits for a mail whether the server is away."""
    return partial(_record_server_status, is_away=is_away, now=services.clock())


def _record_delivery(queries: Queries, services: Services, mail: Mail, now: datetime) -> None:
    queries.mails.mark_delivered(mail.id, now)
    _delete_if_of_nobody(queries, mail)
    _extend_link(queries, services, mail, now)


def _record_failure(queries: Queries, mail: Mail, error: MailError, next_try_at: datetime) -> None:
    is_refused = isinstance(error, MailRefusedError) and error.is_permanent
    queries.mails.record_failure(
        mail.id, failure=_shorten(error), next_try_at=next_try_at, code=error.code, is_refused=is_refused
    )


def _record_lost_answer(queries: Queries, services: Services, mail: Mail, failure: str, now: datetime) -> None:
    queries.mails.record_lost_answer(mail.id, failure=failure, next_try_at=now + RETRY_LOST_ANSWER_AFTER)
    _extend_link(queries, services, mail, now)


def _give_up(queries: Queries, mail: Mail, error: MailError | None, now: datetime) -> None:
    failure, code = (_shorten(error), error.code) if error else (NO_LINK, "")
    queries.mails.mark_given_up(mail.id, failure=failure, now=now, code=code)
    _delete_if_of_nobody(queries, mail)


def _record_server_status(queries: Queries, *, is_away: bool, now: datetime) -> None:
    queries.meta.set("mail_server", "away" if is_away else "here")
    if not is_away:
        queries.mails.retry_now(MAIL, now, later_than=now + LONGEST_LEASE)


def _delete_if_of_nobody(queries: Queries, mail: Mail) -> None:
    """Delete a mail to somebody whose account is gone: no row would take it along."""
    if mail.user_id is None:
        queries.mails.delete(mail.id)


def _extend_link(queries: Queries, services: Services, mail: Mail, now: datetime) -> None:
    """Begin the link's lifetime when a late mail leaves: what the mail says of it is then true."""
    if mail.link_id and now - mail.created_at >= LATE_AFTER:
        queries.links.extend(mail.link_id, now + find_lifetime(services, LETTERS[mail.kind]))


def _find_backoff(services: Services, mail: Mail, error: MailError) -> timedelta | None:
    """Return the pause before the next attempt, or None if there is none."""
    if services.clock() - mail.created_at >= GIVE_UP_AFTER:
        return None
    if isinstance(error, MailRefusedError) and error.is_permanent:
        return error.pauses[mail.refusals] if mail.refusals < len(error.pauses) else None
    longest = LONGEST_BACKOFF_OF_SERVER if isinstance(error, MailServerUnavailableError) else LONGEST_BACKOFF
    return min(FIRST_BACKOFF * (1 << min(mail.tries, MOST_DOUBLINGS)), longest)


def _describe(error: MailError | None) -> str:
    """Describe an error for the log, without the server's words: they may hold an address; the row has them."""
    return f"{error.kind} {error.code}".strip() if error else NO_LINK


def _shorten(error: MailError) -> str:
    return str(error)[:500]
