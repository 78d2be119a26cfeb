"""What connects an account with identities at providers (account linking), and takes them away.

All within the caller's transaction.
"""

import json
from datetime import datetime

from backend.kernel.events import EventKind
from backend.kernel.keys import new_id
from backend.mail.identity_letters import CONNECT_LINK
from backend.rules.context import ClientInfo
from backend.rules.events import record_event
from backend.store import Queries
from backend.store.records import Identity, Link, ProvenRow, User
from backend.store.tables import EPOCH


def connect(queries: Queries, user_id: str, proven: ProvenRow, client: ClientInfo, now: datetime) -> bool:
    """Connect a proven identity with an account. Return False, and do nothing, where it is somebody's already: it is
    never moved."""
    identity = Identity(
        id=new_id(),
        user_id=user_id,
        provider=proven.provider,
        issuer=proven.issuer,
        subject=proven.subject,
        name=proven.name,
        email=proven.email,
        created_at=now,
    )
    if not queries.identities.insert(identity):
        return False
    record_event(queries, user_id, EventKind.IDENTITY_CONNECTED, client, now, provider=proven.provider)
    return True


def connect_first(queries: Queries, user: User, proven: ProvenRow, client: ClientInfo, now: datetime) -> None:
    """Connect the identity that an account is created with."""
    if connect(queries, user.id, proven, client, now):
        queries.users.update(user.id, {"provider": proven.provider, "provider_user_id": proven.subject})


def find_proven(queries: Queries, link: Link) -> ProvenRow | None:
    """Find the proven identity that a link was mailed for, whatever has become of it."""
    row_id = json.loads(link.details).get("identity") if link.letter == CONNECT_LINK.name else None
    return queries.proven_identities.find_by_id(str(row_id)) if row_id else None


def remove_identities(
    queries: Queries, user_id: str, client: ClientInfo, now: datetime, *, since: datetime = EPOCH
) -> int:
    """Remove an account's identities that were connected since a time, maybe by a stranger. Return how many."""
    removed = queries.identities.delete_since(user_id, since)
    for identity in removed:
        record_event(queries, user_id, EventKind.IDENTITY_REMOVED, client, now, provider=identity.provider)
    return len(removed)
