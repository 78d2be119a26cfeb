"""Tables of accounts: who has one, their sessions and devices, what happened to it, what is counted."""

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, String, Table, Text, false

from backend.store.tables.columns import NOT_NULL, Instant, make_id, make_owner, metadata

meta = Table(
    "meta",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

users = Table(
    "users",
    metadata,
    make_id(),
    Column("email", String(254)),
    Column("email_key", String(254), unique=True),
    Column("email_verified", Boolean, nullable=False),
    Column("password_hash", String(200)),
    Column("password_salt", LargeBinary(16), nullable=False),
    Column("name", String(100)),
    Column("profile_picture", Text),
    Column("language", String(35)),
    Column("timezone", String(64)),
    Column("fields", Text, nullable=False),
    Column("sign_up_at", Instant, nullable=False),
    Column("last_login_at", Instant, nullable=False),
    Column("leaves_at", Instant),  # when it is deleted, of an account whose owner leaves
    Column("two_step_at", Instant),  # since when a log-in takes a second factor too
    Column("recovers_at", Instant),  # from when on the factors can be removed, of an owner who has lost them
    Column("passkey_handle", String(43)),  # names the account to authenticators; NULL until one is asked for
    Column("phone", String(16)),  # E.164
    Column("phone_verified", Boolean, nullable=False, server_default=false()),
    Column("phone_at", Instant),  # since when
    Index("users_by_phone", "phone", unique=True, info=NOT_NULL),
    Column("provider", String(20)),  # and who it is there: the identity that the account was created with
    Column("provider_user_id", String(255)),
    Index("users_leaving", "leaves_at", info=NOT_NULL),
)

registrations = Table(
    "registrations",
    metadata,
    make_id(),
    make_owner(),
    Column("email", String(254)),  # NULL at a sign-up with a phone number, which is the user's
    Column("password_hash", String(200), nullable=False),
    Column("profile", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("user_agent", Text, nullable=False),
    Column("address", String(64), nullable=False),
    Column("language", String(35), nullable=False),
    Column("secret_hash", String(64)),
    Index("registrations_of_user", "user_id", "created_at"),
    Index("registrations_by_time", "created_at"),
)

sessions = Table(
    "sessions",
    metadata,
    make_id(),
    make_owner(),
    Column("token_hash", String(64), nullable=False, unique=True),
    Column("handle", String(64), nullable=False, unique=True),
    Column("method", String(20), nullable=False),
    Column("label", String(60)),
    Column("user_agent", Text, nullable=False),
    Column("device", Text, nullable=False),
    Column("address", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("confirmed_at", Instant),
    Column("confirmed_by", String(20)),
    Column("previous_hash", String(64)),  # of the token before the latest renewal, good until `previous_until`
    Column("previous_until", Instant),
    Column("factor", String(20)),
    Index("sessions_of_user", "user_id", "created_at"),
    Index("sessions_by_previous", "previous_hash", unique=True, info=NOT_NULL),  # of renewed ones
    Index("sessions_by_expiry", "expires_at"),
)

# A table of its own, for a device stays known when its sessions have ended. `id` is a hash of user and device.
devices = Table(
    "devices",
    metadata,
    Column("id", String(64), primary_key=True),
    make_owner(),
    Column("expires_at", Instant, nullable=False),
    Index("devices_of_user", "user_id"),
    Index("devices_by_expiry", "expires_at"),
)

# `id` is a hash: who or what is counted can be looked up, not read.
limits = Table(
    "limits",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Index("limits_by_expiry", "expires_at"),
)

# `id` is a hash of user, day and what repeats; `details` is JSON of our own words.
events = Table(
    "events",
    metadata,
    Column("id", String(64), primary_key=True),
    make_owner(),
    Column("kind", String(40), nullable=False),
    Column("details", Text, nullable=False),
    Column("browser", String(40), nullable=False),
    Column("system", String(40), nullable=False),
    Column("address", String(64), nullable=False),
    Column("count", Integer, nullable=False),
    Column("first_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False),
    Index("events_of_user", "user_id", "last_at"),
    Index("events_by_time", "last_at"),
)
