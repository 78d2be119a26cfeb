"""What a sign-up writes: a user of whom nothing is confirmed, and what was typed, which waits until it is."""

from datetime import datetime

from backend.kernel.fields import Address
from backend.kernel.keys import new_id
from backend.kernel.profile_fields import Changes
from backend.rules.context import ClientInfo
from backend.store.records import Registration, User


def make_user(salt: bytes, now: datetime, *, email: Address | None = None, phone: str | None = None) -> User:
    """Make a user of whom nothing is known but an address or a number, which nobody has confirmed."""
    return User(
        id=new_id(),
        email=email.typed if email else None,
        email_key=email.key if email else None,
        email_verified=False,
        password_hash=None,
        password_salt=salt,
        name=None,
        profile_picture=None,
        language=None,
        timezone=None,
        fields="{}",
        sign_up_at=now,
        last_login_at=now,
        phone=phone,
        phone_at=now if phone else None,
    )


def make_registration(
    user: User, email: Address | None, password_hash: str, profile: Changes, client: ClientInfo, now: datetime
) -> Registration:
    """Make the registration of what was typed in the client's browser for a user."""
    return Registration(
        id=new_id(),
        user_id=user.id,
        email=email.typed if email else None,
        password_hash=password_hash,
        profile=profile.to_json(),
        created_at=now,
        user_agent=client.user_agent,
        address=client.address,
        language=client.language,
        secret_hash=client.registration or None,
    )
