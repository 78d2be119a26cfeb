"""The table of codes by SMS."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from backend.store.tables.columns import Instant, make_id, make_owner, metadata

phone_codes = Table(
    "phone_codes",
    metadata,
    make_id(),
    make_owner(),
    Column("purpose", String(20), nullable=False),
    Column("phone", String(16), nullable=False),
    Column("registration_id", String(24), ForeignKey("registrations.id", ondelete="SET NULL")),
    Column("asker_hash", String(64), nullable=False),  # empty where the browser was not named
    Column("key_hash", String(64), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("user_agent", Text, nullable=False),
    Column("address", String(64), nullable=False),
    Index("phone_codes_of_user", "user_id", "created_at"),
    Index("phone_codes_of_phone", "phone", "created_at"),
    Index("phone_codes_of_registration", "registration_id"),
    Index("phone_codes_by_expiry", "expires_at"),
)
