"""Records of codes by SMS."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class PhoneCode:
    """A code that was sent to a number, never the code itself: `key_hash` is the hash of what it is derived from.

    `purpose` is one of `kernel.phone_codes.Purpose`. `asker_hash` names the browser or the session that asked for it,
    and that alone it works in; "" where none was named. `asked_at`: the first request, however often it is sent.
    `registration_id`: the sign-up that it confirms. `attempts` counts what was compared with it.
    """

    id: str
    user_id: str
    purpose: str
    phone: str
    registration_id: str | None
    asker_hash: str = field(repr=False)
    key_hash: str = field(repr=False)
    attempts: int
    asked_at: datetime
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    user_agent: str
    address: str
