"""Logging out everybody, or everybody else. All within the caller's transaction."""

from datetime import datetime

from backend.mail.letter import WAYS_BACK
from backend.rules.context import ClientInfo
from backend.rules.known_devices import forget_other_devices
from backend.store import Queries


def log_out_everywhere(queries: Queries, user_id: str, now: datetime) -> None:
    """End everything by which somebody is logged in, or could be without logging in anew. Whoever lost the address to a
    stranger can still get it back."""
    end_log_ins(queries, user_id)
    queries.links.spend_all(user_id, now, except_kinds=WAYS_BACK)


def end_log_ins(queries: Queries, user_id: str) -> None:
    """End an account's sessions, log-ins that wait for their second step, what providers have just proven, and codes
    by SMS, with them a new number that was asked for; and forget its known devices."""
    queries.sessions.end_all(user_id)
    queries.tickets.end_all(user_id)
    queries.proven_identities.end_all(user_id)
    queries.phone_codes.delete_unused(user_id)
    queries.devices.forget_all(user_id)


def end_other_log_ins(queries: Queries, user_id: str, client: ClientInfo, *, except_for: str) -> int:
    """Do what `end_log_ins` does, but for one session and the client's device. Return how many sessions have ended."""
    count = queries.sessions.end_all(user_id, except_for=except_for)
    queries.tickets.end_all(user_id)
    queries.phone_codes.delete_unused(user_id)
    queries.proven_identities.end_all(user_id)
    forget_other_devices(queries, user_id, client)
    return count
