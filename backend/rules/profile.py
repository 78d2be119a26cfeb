"""Changing an account: its password, its address, its profile."""

from backend.kernel.fields import Address
from backend.kernel.file_addresses import file_id_in
from backend.kernel.password_hashing import new_salt
from backend.kernel.profile_fields import Changes
from backend.kernel.refusals import refusal
from backend.rules import limits
from backend.rules.context import ClientInfo, Services
from backend.rules.links import check_access_token, is_account, spend_access_token
from backend.rules.mailer import CHANGE, RESET, send
from backend.rules.sessions import SignedIn
from backend.store import Queries
from backend.store.records import User


async def change_password(services: Services, me: SignedIn, *, old: str, new: str, client: ClientInfo) -> None:
    """Ends the user's other sessions and links.

    Raises `invalid_credentials` for a wrong old password, `rate_limit_exceeded` for too many of them.
    """
    await _check_password(services, me.user, old, client)
    salt = new_salt()
    password_hash = await services.passwords.hash(new, salt, limits.find_line(services, client))
    now = services.clock()

    def work(queries: Queries) -> None:
        _check_unchanged(queries, me.user)
        queries.users.update(me.user.id, {"password_hash": password_hash, "password_salt": salt})
        queries.sessions.end_all(me.user.id, except_for=me.session.id)
        queries.links.spend_all(me.user.id, now)
        limits.forget_other_devices(queries, me.user.id, client)

    await services.store.write(work)


async def reset_password(services: Services, token: str, new: str, client: ClientInfo) -> None:
    """Spends the token, sets the password, ends all sessions and links. It confirms nothing and logs nobody in.

    Raises `invalid_access_token`, `invalid_token_type`, or `rate_limit_exceeded` for too many of either.
    """
    await check_access_token(services, token, frozenset({RESET}), client)
    salt = new_salt()
    password_hash = await services.passwords.hash(new, salt, limits.find_line(services, client))
    now = services.clock()

    def work(queries: Queries) -> None:
        link = spend_access_token(queries, services, token, frozenset({RESET}), now)
        queries.users.update(link.user_id, {"password_hash": password_hash, "password_salt": salt})
        queries.sessions.end_all(link.user_id)
        queries.links.spend_all(link.user_id, now)
        limits.forget_other_devices(queries, link.user_id, client)

    await services.store.write(work)


async def change_email(services: Services, me: SignedIn, *, password: str, email: Address, client: ClientInfo) -> User:
    """The user: with confirmation as before, until the link mailed to the new address is used; without, changed.

    Raises `invalid_credentials` or `rate_limit_exceeded`, and only then `email_not_unique`.
    """
    await _check_password(services, me.user, password, client)

    def work(queries: Queries) -> User:
        _check_unchanged(queries, me.user)
        other = queries.users.find_by_email(email.key)
        if other is not None and other.id != me.user.id and is_account(other):
            raise refusal("email_not_unique", param="email", value=email.typed)
        limits.count(queries, services, limits.for_mails(queries, services, email, client))
        if services.settings.email_confirmation:
            send(queries, services, CHANGE, me.user, client, email=email.typed)
        else:
            _change_email_now(queries, services, me.user, email, other)
            limits.forget_other_devices(queries, me.user.id, client)
        return _reread(queries, me.user)

    user = await services.store.write(work)
    services.mail_waits.set()
    return user


def _change_email_now(queries: Queries, services: Services, user: User, email: Address, other: User | None) -> None:
    if other is not None and other.id != user.id:
        queries.users.delete(other.id)
    verified = user.email_verified and email.key == user.email_key
    queries.users.update(user.id, {"email": email.typed, "email_key": email.key, "email_verified": verified})
    queries.links.spend_all(user.id, services.clock())


async def update_profile(services: Services, user: User, changes: Changes) -> User:
    """The user as it is afterwards."""

    now = services.clock()

    def work(queries: Queries) -> User:
        current = _reread(queries, user)
        queries.users.update(user.id, changes.applied_to(current.fields))
        changed = _reread(queries, user)
        if current.profile_picture != changed.profile_picture:
            queries.files.mark_unused(user.id, file_id_in(current.profile_picture), now)
            queries.files.mark_used(user.id, file_id_in(changed.profile_picture))
        return changed

    return await services.store.write(work)


async def _check_password(services: Services, user: User, password: str, client: ClientInfo) -> None:
    """A wrong one counts like one at the log-in."""
    guessing = await services.store.read(
        lambda queries: limits.for_guesses(queries, services, user.email_key, user, client)
    )
    candidates = [user.password_hash] if user.password_hash else []
    if await limits.guess(services, guessing, password, candidates) is None:
        raise refusal("invalid_credentials")


def _check_unchanged(queries: Queries, user: User) -> None:
    """Another request may have changed the password since it was compared."""
    if _reread(queries, user).password_hash != user.password_hash:
        raise refusal("invalid_credentials")


def _reread(queries: Queries, user: User) -> User:
    current = queries.users.find_by_id(user.id)
    if current is None:
        raise refusal("user_not_found")
    return current
