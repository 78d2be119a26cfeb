"""Tables of factors: what somebody has beside a password, and the log-ins that wait for it."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from backend.store.tables.columns import NOT_NULL, Instant, make_id, make_owner, metadata

# One that is in use, of each account, and one that waits until it has proved to work.
authenticators = Table(
    "authenticators",
    metadata,
    make_id(),
    make_owner(),
    Column("secret", String(200), nullable=False),  # encrypted
    Column("session_id", String(24)),  # which has begun with it, and alone sets it up
    Column("created_at", Instant, nullable=False),
    Column("proved_at", Instant),
    Column("active_at", Instant),
    Column("last_step", Integer, nullable=False),
    Index("authenticators_of_user", "user_id", "created_at"),
    Index("authenticators_in_use", "user_id", unique=True, info={"only": "rows whose active_at is not NULL"}),
)

# `credential_id` is base64url, as browsers say it; `transports` is a JSON list of our own words.
passkeys = Table(
    "passkeys",
    metadata,
    make_id(),
    make_owner(),
    Column("credential_id", String(1364), nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("aaguid", String(36), nullable=False),
    Column("transports", Text, nullable=False),
    Column("is_backup_eligible", Boolean, nullable=False),
    Column("is_backed_up", Boolean, nullable=False),
    Column("is_verifying", Boolean, nullable=False),
    Column("is_discoverable", Boolean),  # NULL: the browser did not say
    Column("name", String(60)),
    Column("browser", String(40), nullable=False),
    Column("system", String(40), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_used_at", Instant),
    Column("suspected_at", Instant),  # since when there may be a copy of it
    Index("passkeys_of_user", "user_id", "created_at"),
)

# `id` is the hash of a challenge that was answered: none counts twice.
used_challenges = Table(
    "used_challenges",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("expires_at", Instant, nullable=False),
    Index("used_challenges_by_expiry", "expires_at"),
)

# A pending one waits for its owner to have kept its codes, which are derived from `id` until then; an active one has
# got another id, so that nothing derives them any more.
recovery_sets = Table(
    "recovery_sets",
    metadata,
    make_id(),
    make_owner(),
    Column("is_active", Boolean, nullable=False),
    Column("seed_hash", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
    Column("session_id", String(24)),  # of a pending one: which has made it, and alone is shown it
    Index("recovery_sets_of_user", "user_id", "is_active", unique=True),
    Index("recovery_sets_by_expiry", "expires_at", info=NOT_NULL),  # of pending ones
)

# The codes of active sets. `selector` is a code's first letter, and `hash` that of the others.
recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("set_id", String(24), ForeignKey("recovery_sets.id", ondelete="CASCADE"), primary_key=True),
    Column("selector", String(1), primary_key=True),
    Column("hash", String(200), nullable=False),
    Column("used_at", Instant),
)

tickets = Table(
    "tickets",
    metadata,
    make_id(),
    make_owner(),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("method", String(20), nullable=False),
    Column("device_hash", String(64)),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("spent_at", Instant),
    Column("proof_hash", String(64)),
    Index("tickets_of_user", "user_id", "created_at"),
    Index("tickets_by_expiry", "expires_at"),
)

# Of those who wait for their factors to be removed; until when is in `users.recovers_at`.
lost_factors = Table(
    "lost_factors",
    metadata,
    Column("user_id", String(24), ForeignKey("users.id", ondelete="CASCADE"), primary_key=True),
    Column("is_by_mail", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("next_mail_at", Instant, nullable=False),
    Column("user_agent", Text, nullable=False),
    Column("address", String(64), nullable=False),
    Column("language", String(35), nullable=False),
    Index("lost_factors_by_mail", "next_mail_at"),
)
