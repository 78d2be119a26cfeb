"""Tables of identities: who somebody is at a provider."""

from sqlalchemy import Column, ForeignKey, Index, String, Table

from backend.store.tables.columns import NOT_NULL, Instant, make_id, make_owner, metadata

# `name` and `email` are the provider's words, shown to the owner alone.
identities = Table(
    "identities",
    metadata,
    make_id(),
    make_owner(),
    Column("provider", String(20), nullable=False),
    Column("issuer", String(255), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("name", String(100)),
    Column("email", String(254)),
    Column("created_at", Instant, nullable=False),
    Column("last_used_at", Instant),
    Index("identities_of_user", "user_id", "created_at"),
    Index("identities_by_subject", "provider", "issuer", "subject", unique=True),
)

# What a provider has just proven, until it is used: `purpose` says for what. `user_id`: whose account it is about.
proven_identities = Table(
    "proven_identities",
    metadata,
    make_id(),
    make_owner(nullable=True),
    Column("purpose", String(10), nullable=False),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("provider", String(20), nullable=False),
    Column("issuer", String(255), nullable=False),
    Column("subject", String(255), nullable=False),
    Column("name", String(100)),
    Column("email", String(254)),
    Column("session_id", String(24)),  # which has begun it
    Column("browser_hash", String(64)),  # in which alone it counts; NULL: in any
    Column("registration_id", String(24), ForeignKey("registrations.id", ondelete="CASCADE")),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("spent_at", Instant),
    Index("proven_identities_of_user", "user_id", "created_at"),
    Index("proven_identities_of_registration", "registration_id", info=NOT_NULL),
    Index("proven_identities_by_expiry", "expires_at"),
)
