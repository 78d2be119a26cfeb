"""Events: every kind of act that the history of an account tells of."""

from enum import StrEnum


class EventKind(StrEnum):
    """What happened: a noun and what was done to it, `session.opened`.

    The values are stored and part of the contract. One that is no longer written stays, for its rows do.
    """

    ACCOUNT_CREATED = "account.created"
    ACCOUNT_CONFIRMED = "account.confirmed"
    SESSION_OPENED = "session.opened"
    SESSION_REFUSED = "session.refused"
    FACTOR_REFUSED = "factor.refused"
    SESSION_CONFIRMED = "session.confirmed"
    SESSION_ENDED = "session.ended"
    SESSIONS_ENDED = "sessions.ended"
    LINK_REQUESTED = "link.requested"
    CODE_REFUSED = "code.refused"
    FACTOR_ADDED = "factor.added"
    FACTOR_REMOVED = "factor.removed"
    TWO_STEP_ON = "two-step.on"
    TWO_STEP_OFF = "two-step.off"
    PASSWORD_REFUSED = "password.refused"  # noqa: S105 (no password)
    PASSWORD_CHANGED = "password.changed"  # noqa: S105
    PASSWORD_RESET = "password.reset"  # noqa: S105
    EMAIL_REQUESTED = "email.requested"
    EMAIL_CHANGED = "email.changed"
    EMAIL_CANCELLED = "email.cancelled"
    EMAIL_UNDONE = "email.undone"
    EMAIL_TAKEN = "email.taken"
    PHONE_REQUESTED = "phone.requested"
    PHONE_ADDED = "phone.added"
    PHONE_CHANGED = "phone.changed"
    PHONE_REMOVED = "phone.removed"
    SMS_REQUESTED = "sms.requested"
    NAME_CHANGED = "name.changed"
    PHOTO_CHANGED = "photo.changed"
    PHOTO_REMOVED = "photo.removed"
    PASSKEY_ADDED = "passkey.added"
    PASSKEY_RENAMED = "passkey.renamed"
    PASSKEY_REMOVED = "passkey.removed"
    PASSKEY_SUSPECTED = "passkey.suspected"
    IDENTITY_CONNECTED = "identity.connected"
    IDENTITY_REMOVED = "identity.removed"
    DATA_EXPORTED = "data.exported"
    EVENT_DISOWNED = "event.disowned"
    RECOVERY_CODES_MADE = "recovery-codes.made"
    RECOVERY_CODE_USED = "recovery-code.used"
    FACTORS_LOST = "factors.lost"
    FACTORS_KEPT = "factors.kept"
    FACTORS_RECOVERED = "factors.recovered"
    ACCOUNT_LEAVING = "account.leaving"
    ACCOUNT_KEPT = "account.kept"


# What "This wasn't me" can be said of: a way into the account, for whoever has no right to it.
DISOWNABLE = frozenset(
    {
        *(EventKind.SESSION_OPENED, EventKind.PASSWORD_CHANGED, EventKind.PASSWORD_RESET),
        *(EventKind.EMAIL_REQUESTED, EventKind.EMAIL_CHANGED),
        *(EventKind.FACTOR_ADDED, EventKind.PASSKEY_ADDED, EventKind.RECOVERY_CODES_MADE, EventKind.TWO_STEP_ON),
        *(EventKind.RECOVERY_CODE_USED, EventKind.PHONE_ADDED, EventKind.PHONE_CHANGED, EventKind.IDENTITY_CONNECTED),
    }
)
# What was added to the account, and goes with "This wasn't me".
ADDITIONS = frozenset(
    {
        *(EventKind.FACTOR_ADDED, EventKind.PASSKEY_ADDED, EventKind.RECOVERY_CODES_MADE, EventKind.TWO_STEP_ON),
        *(EventKind.PHONE_ADDED, EventKind.PHONE_CHANGED, EventKind.IDENTITY_CONNECTED),
    }
)
# Of which "This wasn't me" takes factors away.
FACTORS_GO = ADDITIONS | {EventKind.RECOVERY_CODE_USED}
# What anybody can do to an account by its address alone, or by what a stranger may know.
BY_STRANGERS = frozenset(
    {
        *(EventKind.SESSION_REFUSED, EventKind.LINK_REQUESTED, EventKind.CODE_REFUSED, EventKind.FACTOR_REFUSED),
        EventKind.SMS_REQUESTED,
    }
)
