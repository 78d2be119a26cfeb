"""What the mailed links about lost factors do: stop the wait, and at its end remove the factors."""

from backend.kernel.keys import derive_access_token
from backend.kernel.refusals import RefusalError, refusal
from backend.mail.letter import KEEP_FACTORS, REMOVE_FACTORS, RESET
from backend.mail.letters import PASSWORD_RESET
from backend.rules.access_tokens import check_access_token, find_by_access_token, spend_access_token
from backend.rules.context import ClientInfo, Services
from backend.rules.double_clicks import find_click, find_owner_of_just_used, note_click, note_use
from backend.rules.links import ACCESS_TOKEN_LIFETIME
from backend.rules.lost_factors import OPEN_FOR, needs_password, remove_lost_factors, stop_waiting
from backend.rules.mailer import Mailer
from backend.rules.password_checks import check_current_password, check_password_unchanged
from backend.rules.profile import reload_user
from backend.store import Queries
from backend.store.records import User

KEEPS, REMOVES = frozenset({KEEP_FACTORS}), frozenset({REMOVE_FACTORS})


async def stop_by_token(services: Services, token: str, client: ClientInfo) -> None:
    """Keep the factors by the access token of a mail that told of the wait. Does nothing where the first click of a
    double click has done it.

    Raises `invalid_access_token`, `invalid_token_type`, or `rate_limit_exceeded` for too many of either.
    """
    try:
        await check_access_token(services, token, KEEPS, client)
        await services.store.write(_stop_by_token, services, token, client)
    except RefusalError:
        if not await find_click(services, KEEP_FACTORS, token):
            raise


def _stop_by_token(queries: Queries, services: Services, token: str, client: ClientInfo) -> None:
    now = services.clock()
    link = find_by_access_token(queries, services, token, KEEPS, now)
    if stop_waiting(queries, link.user_id, client, now, "mail"):
        note_click(queries, services, KEEP_FACTORS, token, now)


async def remove_by_token(services: Services, token: str, password: str | None, client: ClientInfo) -> str:
    """Remove the factors of whoever has waited, log everybody out, and end the password. Return an access token to
    choose a new one; a double click gets the same one twice.

    Raises `invalid_access_token`, `invalid_token_type`, `rate_limit_exceeded`, or `invalid_credentials` without the
    password, where that has begun the wait.
    """
    try:
        return await _remove(services, token, password, client)
    except RefusalError:
        if reset := await services.store.read(_find_reset_of_click, services, token, client):
            return reset
        raise


async def _remove(services: Services, token: str, password: str | None, client: ClientInfo) -> str:
    await check_access_token(services, token, REMOVES, client)
    user = await services.store.read(_find_owner, services, token)
    if await services.store.read(needs_password, user):
        await check_current_password(services, user, password or "", client)
    reset = await services.store.write(_remove_by_token, services, token, user, client)
    services.mail_waits.set()
    return reset


def _find_owner(queries: Queries, services: Services, token: str) -> User:
    link = find_by_access_token(queries, services, token, REMOVES, services.clock())
    user = queries.users.find_by_id(link.user_id)
    if user is None:
        raise refusal("invalid_access_token")
    return user


def _remove_by_token(queries: Queries, services: Services, token: str, before: User, client: ClientInfo) -> str:
    now = services.clock()
    link = spend_access_token(queries, services, token, REMOVES, now)
    check_password_unchanged(queries, before)
    user = reload_user(queries, before)
    if user.recovers_at is None or not user.recovers_at <= now < user.recovers_at + OPEN_FOR:
        raise refusal("invalid_access_token")
    remove_lost_factors(queries, services, user, client, now)
    queries.users.update(user.id, {"password_hash": None})
    note_use(queries, services, link, client, now)
    return Mailer(queries, services, client).open_reset(user, until=now + ACCESS_TOKEN_LIFETIME)


def _find_reset_of_click(queries: Queries, services: Services, token: str, client: ClientInfo) -> str | None:
    """Find the access token that the first click of a double click in this very browser has got."""
    user = find_owner_of_just_used(queries, services, token, client)
    resets = queries.links.list_unspent(user.id, RESET) if user else []
    opened = next((link for link in resets if link.letter == PASSWORD_RESET.name and link.pressed_at), None)
    return derive_access_token(services.keyring.derive_link_key(opened.id)) if opened else None
