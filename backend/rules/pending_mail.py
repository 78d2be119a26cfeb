"""What the page of a browser that waits for a mail may be told."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from backend.kernel.fields import Address
from backend.rules.context import ClientInfo, Services
from backend.rules.mailer import CONFIRM, TAKEN
from backend.store import Queries
from backend.store.records import Mail

State = Literal["waiting", "confirmed"]
MailState = Literal["sending", "sent", "delayed", "refused", "unanswered"]

OF_SIGN_UP = (CONFIRM, TAKEN)  # one of the two goes out for every address, so their fate does not tell which


@dataclass(frozen=True)
class MailFate:
    """What became of a mail, and when. `next_try_at` None: no further try."""

    state: MailState
    at: datetime
    next_try_at: datetime | None = None


@dataclass(frozen=True)
class Pending:
    """`mail` is of the asking browser's own sign-up, None also where mails are only shown; `server_is_away`: nobody's
    mail leaves."""

    state: State
    mail: MailFate | None
    server_is_away: bool


async def find_pending(services: Services, email: Address, client: ClientInfo) -> Pending:
    """Whether the address was confirmed by somebody else, after the asking browser had registered it, and what became
    of the mail.

    It "waits" also where nothing was mailed, or the address had an account all along, and nothing is told of a login
    link's mail: all that is nobody's business.
    """

    def work(queries: Queries) -> Pending:
        user = queries.users.find_by_email(email.key)
        user_id = user.id if user else ""
        link = queries.links.find_newest_awaited(user_id, client.registration)
        is_over = user is not None and user.email_verified and link is not None and link.kind == CONFIRM
        mail = queries.mails.find_newest_awaited(user_id, client.registration, OF_SIGN_UP)
        fate = tell_fate(mail) if mail and settings.smtp else None
        is_away = queries.meta.get("mail_server") == "away" if settings.smtp else not settings.outbox
        return Pending("confirmed" if is_over else "waiting", fate, is_away)

    settings = services.settings

    return await services.store.read(work)


def tell_fate(mail: Mail) -> MailFate:
    if mail.delivered_at:
        return MailFate("sent", mail.delivered_at)
    if mail.refusals or mail.given_up_at:
        return MailFate("refused", mail.given_up_at or mail.created_at, mail.next_try_at)
    if mail.lost_answers:
        return MailFate("unanswered", mail.created_at, mail.next_try_at)
    return MailFate("delayed" if mail.tries else "sending", mail.created_at, mail.next_try_at if mail.tries else None)
