"""What the page of a browser that waits for a mail may be told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from backend.kernel.fields import Address
from backend.mail.letter import CONFIRM
from backend.mail.letters import ALREADY_REGISTERED, CONFIRMATION
from backend.rules.context import ClientInfo, Services
from backend.rules.references import Reference, read_reference
from backend.store import Queries
from backend.store.records import Mail, User

State = Literal["waiting", "confirmed"]
Progress = Literal["waiting", "opened", "expired"]
MailState = Literal["sending", "sent", "delayed", "refused", "unanswered"]

# One of the two goes out for every sign-up, so its status does not tell whether there is an account (user enumeration).
OF_SIGN_UP = (CONFIRMATION.name, ALREADY_REGISTERED.name)


@dataclass(frozen=True)
class MailStatus:
    """What became of a mail, and when. `next_try_at` None: it is not tried again."""

    state: MailState
    at: datetime
    next_try_at: datetime | None = None


@dataclass(frozen=True)
class Pending:
    """How a sign-up stands. `mail` is that of the client's own sign-up, None also if mails are only shown.

    `server_is_away`: the mail server takes nobody's mails.
    """

    state: State
    mail: MailStatus | None
    server_is_away: bool


async def find_pending(services: Services, email: Address, client: ClientInfo) -> Pending:
    """Find out whether somebody else has confirmed the address since the client signed up, and how its mail stands.

    Against user enumeration it is "waiting" also if nothing was mailed or the address had an account all along, and
    nothing is said of the mail of a login link.
    """
    return await services.store.read(_find_pending, services, email, client)


def _find_pending(queries: Queries, services: Services, email: Address, client: ClientInfo) -> Pending:
    settings = services.settings
    user = queries.users.find_by_email(email.key)
    mail = queries.mails.find_newest_awaited(user.id if user else "", client.registration, OF_SIGN_UP)
    status = describe_mail(mail) if mail and settings.mail.server else None
    is_away = queries.meta.get("mail_server") == "away" if settings.mail.server else not settings.mail.has_outbox
    is_confirmed = _is_confirmed(queries, user, client)
    return Pending("confirmed" if is_confirmed else "waiting", status, is_away)


def _is_confirmed(queries: Queries, user: User | None, client: ClientInfo) -> bool:
    link = queries.links.find_newest_awaited(user.id if user else "", client.registration)
    return user is not None and user.email_verified and link is not None and link.kind == CONFIRM


async def find_progress(services: Services, reference: str) -> Progress:
    """Find out whether the newest mail that a browser asked for was used, for the page that waits for it.

    It is "opened" once its link's own button, or its code, was used: not when its link is only opened, as mail scanners
    do, and not when something else ended it. Else it is "waiting" until its code is over, for unknown addresses too.
    Nobody is let in by this: whoever waits may have asked with somebody else's address.
    """
    known = read_reference(services, reference)
    if known is None:
        return "expired"
    if await services.store.read(_is_used, known):
        return "opened"
    return "waiting" if services.clock() < known.expires_at else "expired"


def _is_used(queries: Queries, reference: Reference) -> bool:
    link = queries.links.find_newest_asked(reference.request_hash)
    return link is not None and link.spent_at is not None and link.pressed_at is not None


def describe_mail(mail: Mail) -> MailStatus:
    """Describe how far the delivery of a mail has come."""
    if mail.delivered_at:
        return MailStatus("sent", mail.delivered_at)
    if mail.refusals or mail.given_up_at:
        return MailStatus("refused", mail.given_up_at or mail.created_at, mail.next_try_at)
    if mail.lost_answers:
        return MailStatus("unanswered", mail.created_at, mail.next_try_at)
    return MailStatus("delayed" if mail.tries else "sending", mail.created_at, mail.next_try_at if mail.tries else None)
