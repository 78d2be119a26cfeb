"""The tables, for both databases. A change here needs a migration; a test compares the two."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)
from sqlalchemy.engine import Dialect

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware datetime, stored as microseconds since 1970: the same in every database, and sortable."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        return None if value is None else (value - EPOCH) // MICROSECOND

    def result_processor(self, dialect: Dialect, coltype: Any) -> Callable[[Any | None], datetime | None]:  # noqa: ARG002
        return _load_instant  # itself: what SQLAlchemy would put around a `process_result_value` costs as much again


def _load_instant(value: Any | None) -> datetime | None:
    return None if value is None else EPOCH + timedelta(microseconds=value)


metadata = MetaData()

# Of an index of only those rows whose first column is not NULL: where most are NULL, SQLite would rather scan all.
# Migrations make them; here it is only said. `postgresql_where=` would load PostgreSQL's modules at each start.
NOT_NULL = {"only": "rows whose first column is not NULL"}


def _id() -> Column[str]:
    return Column("id", String(24), primary_key=True)


def _of_user(*, nullable: bool = False) -> Column[str]:
    return Column("user_id", String(24), ForeignKey("users.id", ondelete="CASCADE"), nullable=nullable)


meta = Table(
    "meta",
    metadata,
    Column("key", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)

users = Table(
    "users",
    metadata,
    _id(),
    Column("email", String(254), nullable=False),
    Column("email_key", String(254), nullable=False, unique=True),
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
    Index("users_leaving", "leaves_at", info=NOT_NULL),
)

registrations = Table(
    "registrations",
    metadata,
    _id(),
    _of_user(),
    Column("email", String(254), nullable=False),
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
    _id(),
    _of_user(),
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

# One that is in use, of each account, and one that waits until it has proved to work.
authenticators = Table(
    "authenticators",
    metadata,
    _id(),
    _of_user(),
    Column("secret", String(200), nullable=False),  # encrypted
    Column("session_id", String(24)),  # of which alone it is shown again until the app is set up
    Column("created_at", Instant, nullable=False),
    Column("proved_at", Instant),
    Column("active_at", Instant),
    Column("last_step", Integer, nullable=False),
    Index("authenticators_of_user", "user_id", "created_at"),
    Index("authenticators_in_use", "user_id", unique=True, info={"only": "rows whose active_at is not NULL"}),
)

tickets = Table(
    "tickets",
    metadata,
    _id(),
    _of_user(),
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

links = Table(
    "links",
    metadata,
    _id(),
    Column("kind", String(20), nullable=False),
    _of_user(),
    Column("registration_id", String(24), ForeignKey("registrations.id", ondelete="SET NULL")),
    Column("email", String(254), nullable=False),
    Column("key_hash", String(64), nullable=False, unique=True),
    Column("access_hash", String(64), nullable=False, unique=True),
    Column("handle_hash", String(64), nullable=False, unique=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("pressed_at", Instant),
    Column("access_expires_at", Instant),
    Column("spent_at", Instant),
    Column("asked_at", Instant, nullable=False),
    Column("user_agent", Text, nullable=False),
    Column("address", String(64), nullable=False),
    Column("language", String(35), nullable=False),
    Column("waiting_hash", String(64)),
    Column("next_path", String(500), nullable=False, server_default=""),
    Column("session_id", String(24)),  # no foreign key: SQLite adds none to a table that is there
    Column("other_email", String(254)),
    Column("letter", String(20), nullable=False, server_default=""),
    Column("disowned_at", Instant),
    Column("request_hash", String(64)),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("details", Text, nullable=False, server_default="{}"),
    Column("reserved_key", String(254)),
    Index("links_of_user", "user_id", "kind", "created_at"),
    Index("links_of_registration", "registration_id"),
    Index("links_of_waiting", "waiting_hash", "created_at"),
    Index("links_of_request", "request_hash", "created_at", info=NOT_NULL),  # of those with a code
    Index("links_of_reserved", "reserved_key", info=NOT_NULL),  # of those that undo a change of address
    Index("links_by_expiry", "expires_at"),
)

# One without a user outlives the account that it tells of, until it has left.
mails = Table(
    "mails",
    metadata,
    _id(),
    Column("channel", String(20), nullable=False, server_default="mail"),
    Column("kind", String(20), nullable=False),
    Column("link_id", String(24), ForeignKey("links.id", ondelete="CASCADE")),
    _of_user(nullable=True),
    Column("recipient", String(254), nullable=False),
    Column("name", String(100), nullable=False),
    Column("language", String(35), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("refusals", Integer, nullable=False, server_default="0"),
    Column("lost_answers", Integer, nullable=False, server_default="0"),
    Column("next_try_at", Instant),
    Column("delivered_at", Instant),
    Column("given_up_at", Instant),
    Column("failure", Text),
    Column("code", String(16)),
    Index("mails_due", "channel", "next_try_at"),
    Index("mails_by_time", "created_at"),
    Index("mails_of_link", "link_id"),
    Index("mails_of_user", "user_id"),
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

# A table of its own, for a device stays known when its sessions have ended. `id` is a hash of user and device.
devices = Table(
    "devices",
    metadata,
    Column("id", String(64), primary_key=True),
    _of_user(),
    Column("expires_at", Instant, nullable=False),
    Index("devices_of_user", "user_id"),
    Index("devices_by_expiry", "expires_at"),
)

# `credential_id` is base64url, as browsers say it; `transports` is a JSON list of our own words.
passkeys = Table(
    "passkeys",
    metadata,
    _id(),
    _of_user(),
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

buckets = Table(
    "buckets",
    metadata,
    _id(),
    _of_user(),
    Column("name", String(100), nullable=False),
    Column("is_public", Boolean, nullable=False),
    Column("tags", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index("buckets_of_user", "user_id", "name", unique=True),
)

# `id` is a hash of user, day and what repeats; `details` is JSON of our own words.
events = Table(
    "events",
    metadata,
    Column("id", String(64), primary_key=True),
    _of_user(),
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

# A pending one waits for its owner to have kept its codes, which are derived from `id` until then; an active one has
# got another id, so that nothing derives them any more.
recovery_sets = Table(
    "recovery_sets",
    metadata,
    _id(),
    _of_user(),
    Column("is_active", Boolean, nullable=False),
    Column("seed_hash", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant),
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

# A file of no bucket is in `root`. `bucket_id` is no foreign key: SQLite adds none to a table that is there.
files = Table(
    "files",
    metadata,
    _id(),
    _of_user(),
    Column("name", String(256), nullable=False, unique=True),
    Column("size", Integer, nullable=False),
    Column("mime_type", String(100), nullable=False),
    Column("is_public", Boolean, nullable=False),
    Column("tags", Text, nullable=False),
    Column("uploaded_at", Instant, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("left_at", Instant),  # since when nobody points to it; only of photos of the site
    Column("bucket_id", String(24)),
    Index("files_of_user", "user_id", "uploaded_at"),
    Index("files_of_bucket", "bucket_id"),
    Index("files_left", "left_at"),
)

# All of a file's pieces but the last are of the same size (store/queries/files.py).
file_pieces = Table(
    "file_pieces",
    metadata,
    Column("file_id", String(24), ForeignKey("files.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("content", LargeBinary, nullable=False),
)
