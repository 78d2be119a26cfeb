"""Records, by subject: rows as the rules see them. Their fields are named as the columns. Times are aware, in UTC."""

from backend.store.records.accounts import Count, Event, Registration, Session, User
from backend.store.records.factors import Authenticator, LostFactors, Passkey, RecoveryCode, RecoverySet, Ticket
from backend.store.records.files import Bucket, File, ListPage, Usage
from backend.store.records.identities import Identity, ProvenRow
from backend.store.records.mails import Link, Mail
from backend.store.records.phones import PhoneCode

__all__ = [
    "Authenticator",
    "Bucket",
    "Count",
    "Event",
    "File",
    "Identity",
    "Link",
    "ListPage",
    "LostFactors",
    "Mail",
    "Passkey",
    "PhoneCode",
    "ProvenRow",
    "RecoveryCode",
    "RecoverySet",
    "Registration",
    "Session",
    "Ticket",
    "Usage",
    "User",
]
