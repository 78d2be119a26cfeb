"""Which identity the use of a mailed link connected, told with the session that it opened."""

from dataclasses import replace

from backend.rules.connecting import find_proven
from backend.rules.sessions import NewSession
from backend.rules.tickets import SecondStep
from backend.store import Queries
from backend.store.records import Link


def tell_connected(queries: Queries, link: Link, opened: NewSession | SecondStep) -> NewSession | SecondStep:
    """Say with a session that a link has just opened which provider's identity its use connected, if any. The second
    click of a double click is told the same."""
    row = find_proven(queries, link)
    if row is None or row.spent_at is None or isinstance(opened, SecondStep):
        return opened
    identity = queries.identities.find(row.provider, row.issuer, row.subject)
    is_theirs = identity is not None and identity.user_id == opened.user.id
    return replace(opened, connected=row.provider) if is_theirs else opened
