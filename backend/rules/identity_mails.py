"""The mailed link that connects an identity with the account which has its address (account linking): nothing is
connected silently.

Where the browser is known in which the log-in at the provider took place, the link connects in that browser alone: what
somebody else has proven there is not connected by the owner's click. In any other it only logs in. A log-in that names
no browser is connected by a client that names none either, such as Altogic's: at a site of ours, anybody could leave it
out. Where two-step verification is on, the link connects nothing: the mailbox alone is half of who it is.
"""

from dataclasses import replace
from datetime import datetime

from backend.kernel import fields
from backend.mail.identity_letters import CONNECT_LINK
from backend.rules.connecting import connect, find_proven
from backend.rules.context import ClientInfo, Services
from backend.rules.factors import has_two_step
from backend.rules.links import ACCESS_TOKEN_LIFETIME
from backend.rules.mail_limits import count_mail, find_mail_counters
from backend.rules.mailer import Mailer, find_lifetime
from backend.rules.proven_identities import IdentityPurpose, find_name
from backend.store import Queries
from backend.store.records import Link, ProvenRow, User


def mail_connect_link(
    queries: Queries, services: Services, user: User, row: ProvenRow, client: ClientInfo
) -> ProvenRow:
    """Mail the owner of an address the link that connects this identity. Return the row as it waits for that.

    Raises `rate_limit_exceeded`.
    """
    content = f"connect:{row.provider}:{row.issuer}:{row.subject}:{row.browser_hash}"
    email = fields.email(user.email)
    count_mail(queries, services, find_mail_counters(queries, services, email, client), content)
    return write_connect_link(queries, services, user, row, client)


def write_connect_link(
    queries: Queries, services: Services, user: User, row: ProvenRow, client: ClientInfo
) -> ProvenRow:
    """Do what `mail_connect_link` does for a mail that is counted already."""
    name = find_name(services, row.provider)
    Mailer(queries, services, client).send_connect_link(user, row.id, name)
    expires_at = services.clock() + find_lifetime(services, CONNECT_LINK) + ACCESS_TOKEN_LIFETIME
    return replace(row, purpose=IdentityPurpose.MAIL, user_id=user.id, expires_at=expires_at)


def find_waiting(queries: Queries, link: Link, client: ClientInfo, now: datetime) -> ProvenRow | None:
    """Find the identity that the use of a link connects in the client's browser."""
    row = find_proven(queries, link)
    if row is None or row.user_id != link.user_id or row.spent_at is not None or now >= row.expires_at:
        return None
    user = queries.users.find_by_id(link.user_id)
    if user is None or has_two_step(user):
        return None
    return row if (row.browser_hash or "") == client.registration else None


def connect_waiting(queries: Queries, link: Link, client: ClientInfo, now: datetime) -> None:
    """Connect the identity that waits for a link, if any, within the transaction that spends it."""
    row = find_waiting(queries, link, client, now)
    if row is not None and queries.proven_identities.spend(row.id, row.user_id, now):
        connect(queries, link.user_id, row, client, now)
