"""The first tables."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    _make_users()
    _make_sessions_and_links()
    _make_mails_and_files()
    _make_facts()


def _id() -> sa.Column[str]:
    return sa.Column("id", sa.String(24), primary_key=True)


def _of_user() -> sa.Column[str]:
    return sa.Column("user_id", sa.String(24), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False)


def _instant(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=nullable)


def _asked() -> list[sa.Column[str]]:
    return [
        sa.Column("user_agent", sa.Text, nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
    ]


def _make_users() -> None:
    op.create_table(
        "users",
        _id(),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("email_key", sa.String(254), nullable=False, unique=True),
        sa.Column("email_verified", sa.Boolean, nullable=False),
        sa.Column("password_hash", sa.String(200)),
        sa.Column("password_salt", sa.LargeBinary(16), nullable=False),
        sa.Column("name", sa.String(100)),
        sa.Column("profile_picture", sa.Text),
        sa.Column("language", sa.String(35)),
        sa.Column("timezone", sa.String(64)),
        sa.Column("fields", sa.Text, nullable=False),
        _instant("sign_up_at"),
        _instant("last_login_at"),
    )
    op.create_table(
        "registrations",
        _id(),
        _of_user(),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("profile", sa.Text, nullable=False),
        _instant("created_at"),
        *_asked(),
    )
    op.create_index("registrations_of_user", "registrations", ["user_id", "created_at"])
    op.create_index("registrations_by_time", "registrations", ["created_at"])


def _make_sessions_and_links() -> None:
    op.create_table(
        "sessions",
        _id(),
        _of_user(),
        sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("handle", sa.String(64), nullable=False, unique=True),
        sa.Column("method", sa.String(20), nullable=False),
        sa.Column("label", sa.String(60)),
        sa.Column("user_agent", sa.Text, nullable=False),
        sa.Column("device", sa.Text, nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
        _instant("created_at"),
        _instant("last_seen_at"),
        _instant("expires_at"),
    )
    op.create_index("sessions_of_user", "sessions", ["user_id", "created_at"])
    op.create_index("sessions_by_expiry", "sessions", ["expires_at"])
    op.create_table(
        "links",
        _id(),
        sa.Column("kind", sa.String(20), nullable=False),
        _of_user(),
        sa.Column("registration_id", sa.String(24), sa.ForeignKey("registrations.id", ondelete="SET NULL")),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("access_hash", sa.String(64), nullable=False, unique=True),
        sa.Column("reference_hash", sa.String(64), nullable=False, unique=True),
        _instant("created_at"),
        _instant("expires_at"),
        _instant("pressed_at", nullable=True),
        _instant("access_expires_at", nullable=True),
        _instant("spent_at", nullable=True),
        _instant("asked_at"),
        *_asked(),
    )
    op.create_index("links_of_user", "links", ["user_id", "kind", "created_at"])
    op.create_index("links_of_registration", "links", ["registration_id"])
    op.create_index("links_by_expiry", "links", ["expires_at"])


def _make_mails_and_files() -> None:
    op.create_table(
        "mails",
        _id(),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("link_id", sa.String(24), sa.ForeignKey("links.id", ondelete="CASCADE"), nullable=False),
        _of_user(),
        sa.Column("recipient", sa.String(254), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        _instant("created_at"),
        sa.Column("tries", sa.Integer, nullable=False),
        _instant("next_try_at", nullable=True),
        _instant("delivered_at", nullable=True),
        _instant("given_up_at", nullable=True),
        sa.Column("failure", sa.Text),
    )
    op.create_index("mails_due", "mails", ["next_try_at"])
    op.create_index("mails_by_time", "mails", ["created_at"])
    op.create_index("mails_of_link", "mails", ["link_id"])
    op.create_index("mails_of_user", "mails", ["user_id"])
    op.create_table(
        "files",
        _id(),
        _of_user(),
        sa.Column("name", sa.String(256), nullable=False, unique=True),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("mime_type", sa.String(100), nullable=False),
        sa.Column("is_public", sa.Boolean, nullable=False),
        sa.Column("tags", sa.Text, nullable=False),
        _instant("uploaded_at"),
        _instant("updated_at"),
        sa.Column("content", sa.LargeBinary, nullable=False),
    )
    op.create_index("files_of_user", "files", ["user_id", "uploaded_at"])
    op.create_index("files_by_time", "files", ["uploaded_at"])


def _make_facts() -> None:
    meta = op.create_table(
        "meta",
        sa.Column("key", sa.String(40), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
    facts = {"environment_id": secrets.token_hex(12), "last_unsent_mail": ""}
    op.bulk_insert(meta, [{"key": key, "value": value} for key, value in facts.items()])
