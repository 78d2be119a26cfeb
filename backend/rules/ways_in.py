"""Ways into an account, of which one must stay."""

from backend.rules.context import Services
from backend.store import Queries
from backend.store.records import Passkey, User


def has_way_in(queries: Queries, services: Services, user: User) -> bool:
    """Tell whether the owner can log in, within the caller's transaction: by a password, a passkey, an identity of a
    provider that is set, a code by SMS, or a mail, if mails leave for a proven address."""
    phones = services.settings.phones
    return (
        user.password_hash is not None
        or (user.phone_verified and phones.are_offered and phones.code_sign_in)
        or _is_reached(services, user)
        or any(map(logs_in, queries.passkeys.list_for_user(user.id)))
        or any(identity.provider in services.providers for identity in queries.identities.list_for_user(user.id))
    )


def logs_in(passkey: Passkey) -> bool:
    """Tell whether a passkey alone lets its owner in; others do as a second factor."""
    return passkey.is_verifying and passkey.is_discoverable is not False


def _is_reached(services: Services, user: User) -> bool:
    return user.email_verified and services.settings.mail.is_read
