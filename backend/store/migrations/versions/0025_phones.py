"""Phone numbers: an account may have one beside its email address, or instead of it. Codes by SMS."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"

NULLABLE = {"users": ("email", "email_key"), "registrations": ("email",)}
ADDRESS = "VARCHAR(254)"


def upgrade() -> None:
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    for table, columns in NULLABLE.items():
        for column in columns:
            if not is_sqlite:
                op.alter_column(table, column, existing_type=sa.String(254), nullable=True)
    if is_sqlite:
        _edit_schema()
    op.add_column("users", sa.Column("phone", sa.String(16)))
    op.add_column("users", sa.Column("phone_verified", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("users", sa.Column("phone_at", sa.BigInteger))
    has_phone = sa.text("phone IS NOT NULL")
    op.create_index(
        "users_by_phone", "users", ["phone"], unique=True, sqlite_where=has_phone, postgresql_where=has_phone
    )
    _make_codes()


def _edit_schema() -> None:
    """Take NOT NULL out of the text of the tables, as https://sqlite.org/lang_altertable.html (7) has it.

    To make the tables anew would delete everything: dropping `users` deletes by cascade what belongs to them.
    """
    (version,) = op.get_bind().exec_driver_sql("PRAGMA schema_version").one()
    op.execute("PRAGMA writable_schema=ON")
    for table, columns in NULLABLE.items():
        for column in columns:
            old, new = f"{column} {ADDRESS} NOT NULL", f"{column} {ADDRESS}"
            op.execute(f"UPDATE sqlite_master SET sql = replace(sql, '{old}', '{new}') WHERE name = '{table}'")  # noqa: S608
    op.execute(f"PRAGMA schema_version={version + 1}")
    op.execute("PRAGMA writable_schema=OFF")


def _make_codes() -> None:
    op.create_table(
        "phone_codes",
        sa.Column("id", sa.String(24), primary_key=True),
        sa.Column("user_id", sa.String(24), sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("phone", sa.String(16), nullable=False),
        sa.Column("registration_id", sa.String(24), sa.ForeignKey("registrations.id", ondelete="SET NULL")),
        sa.Column("asker_hash", sa.String(64), nullable=False),
        sa.Column("key_hash", sa.String(64), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
        sa.Column("user_agent", sa.Text, nullable=False),
        sa.Column("address", sa.String(64), nullable=False),
    )
    op.create_index("phone_codes_of_user", "phone_codes", ["user_id", "created_at"])
    op.create_index("phone_codes_of_phone", "phone_codes", ["phone", "created_at"])
    op.create_index("phone_codes_of_registration", "phone_codes", ["registration_id"])
    op.create_index("phone_codes_by_expiry", "phone_codes", ["expires_at"])
    op.execute("INSERT INTO meta (key, value) VALUES ('sms_service', 'here')")
    op.add_column("mails", sa.Column("phone_code_id", sa.String(24)))
