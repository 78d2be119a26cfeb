"""Tables of mailed links, and of mails."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from backend.store.tables.columns import NOT_NULL, Instant, make_id, make_owner, metadata

links = Table(
    "links",
    metadata,
    make_id(),
    Column("kind", String(20), nullable=False),
    make_owner(),
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
    make_id(),
    Column("channel", String(20), nullable=False, server_default="mail"),
    Column("kind", String(20), nullable=False),
    Column("link_id", String(24), ForeignKey("links.id", ondelete="CASCADE")),
    make_owner(nullable=True),
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
    Column("phone_code_id", String(24)),  # of an SMS
    Index("mails_due", "channel", "next_try_at"),
    Index("mails_by_time", "created_at"),
    Index("mails_of_link", "link_id"),
    Index("mails_of_user", "user_id"),
)
