"""The tables, for both databases, by subject. A change here needs a migration; a test compares the two."""

from backend.store.tables.accounts import devices, events, limits, meta, registrations, sessions, users
from backend.store.tables.columns import EPOCH, MICROSECOND, Instant, metadata
from backend.store.tables.factors import (
    authenticators,
    lost_factors,
    passkeys,
    recovery_codes,
    recovery_sets,
    tickets,
    used_challenges,
)
from backend.store.tables.files import buckets, file_pieces, files
from backend.store.tables.identities import identities, proven_identities
from backend.store.tables.mails import links, mails
from backend.store.tables.phones import phone_codes

__all__ = [
    "EPOCH",
    "MICROSECOND",
    "Instant",
    "authenticators",
    "buckets",
    "devices",
    "events",
    "file_pieces",
    "files",
    "identities",
    "limits",
    "links",
    "lost_factors",
    "mails",
    "meta",
    "metadata",
    "passkeys",
    "phone_codes",
    "proven_identities",
    "recovery_codes",
    "recovery_sets",
    "registrations",
    "sessions",
    "tickets",
    "used_challenges",
    "users",
]
