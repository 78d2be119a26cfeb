"""What is written down after a mail was tried: that it has gone, when to try again, or that it is given up."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from backend.mail.letters import LETTERS
from backend.mail.smtp import AnswerLostError, MailError, MailRefusedError, MailServerUnavailableError
from backend.rules.context import Services
from backend.rules.mailer import find_lifetime
from backend.store import Queries
from backend.store.records import Mail

log = logging.getLogger("backend.mail")

Outcome = Callable[[Queries], None]

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
LONGEST_PAUSE_OF_SERVER = timedelta(minutes=5)  # to ask costs little, for while it is away one mail at a time does
GIVES_UP_AFTER = timedelta(days=2)
PAUSE_AFTER_LOST_ANSWER = timedelta(minutes=10)
MOST_LOST_ANSWERS = 2  # the server has the mail, most probably: it is sent once more in case it has not
LATE = timedelta(minutes=1)
LONGEST_LEASE = timedelta(minutes=1)  # what is under way is left to who has it in hand


def after_success(services: Services, mail: Mail) -> Outcome:
    now = services.clock()

    def work(queries: Queries) -> None:
        queries.mails.mark_delivered(mail.id, now)
        _renew_link(queries, services, mail, now)

    return work


def after_failure(services: Services, mail: Mail, error: MailError) -> Outcome:
    if isinstance(error, AnswerLostError):
        return after_lost_answer(services, mail, str(error))
    now, pause = services.clock(), _pause(services, mail, error)
    if pause is None:
        return give_up(services, mail, error)
    log.warning("mail %s was not taken (try %d): %s", mail.id, mail.tries + 1, _describe(error))
    is_refused = isinstance(error, MailRefusedError) and error.is_permanent
    return lambda queries: queries.mails.record_failure(
        mail.id, failure=_shorten(error), next_try_at=now + pause, code=error.code, is_refused=is_refused
    )


def after_lost_answer(services: Services, mail: Mail, failure: str) -> Outcome:
    """It may have arrived, so its link has to work from now on. A server that never answers gets it twice, not more."""
    now, is_last = services.clock(), mail.lost_answers + 1 >= MOST_LOST_ANSWERS
    log.warning("mail %s was handed over without an answer (try %d)", mail.id, mail.tries + 1)

    def work(queries: Queries) -> None:
        if is_last:
            queries.mails.mark_delivered(mail.id, now)
        else:
            queries.mails.record_lost_answer(mail.id, failure=failure[:500], next_try_at=now + PAUSE_AFTER_LOST_ANSWER)
        _renew_link(queries, services, mail, now)

    return work


def give_up(services: Services, mail: Mail, error: MailError | None = None) -> Outcome:
    """Without an error: its link cannot be made any more."""
    log.error("mail %s is given up after %d tries: %s", mail.id, mail.tries + 1, _describe(error))
    now, failure, code = services.clock(), _shorten(error) if error else NO_LINK, error.code if error else ""
    return lambda queries: queries.mails.mark_given_up(mail.id, failure=failure, now=now, code=code)


def note_server(services: Services, *, is_away: bool) -> Outcome:
    """For everybody who waits for a mail. Once it is back, what waited for it is due."""
    now = services.clock()

    def work(queries: Queries) -> None:
        queries.meta.set("mail_server", "away" if is_away else "here")
        if not is_away:
            queries.mails.retry_now(now, later_than=now + LONGEST_LEASE)

    return work


NO_LINK = "its link cannot be made any more"


def _pause(services: Services, mail: Mail, error: MailError) -> timedelta | None:
    """None: no further try."""
    if services.clock() - mail.created_at >= GIVES_UP_AFTER:
        return None
    if isinstance(error, MailRefusedError) and error.is_permanent:
        return error.pauses[mail.refusals] if mail.refusals < len(error.pauses) else None
    longest = LONGEST_PAUSE_OF_SERVER if isinstance(error, MailServerUnavailableError) else LONGEST_PAUSE
    doublings = 1 << min(mail.tries, 12)
    return min(FIRST_PAUSE * doublings, longest)


def _renew_link(queries: Queries, services: Services, mail: Mail, now: datetime) -> None:
    """What a mail says of the time to use its link is true from the moment it leaves."""
    if now - mail.created_at >= LATE:
        queries.links.extend(mail.link_id, now + find_lifetime(services, LETTERS[mail.kind]))


def _describe(error: MailError | None) -> str:
    """Without the server's words, which may hold an address: the row has them."""
    return f"{error.kind} {error.code}".strip() if error else NO_LINK


def _shorten(error: MailError) -> str:
    return str(error)[:500]
