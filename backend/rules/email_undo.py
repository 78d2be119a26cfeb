"""Undoing a change of address by the link that was mailed to the old one, without a session."""

from backend.kernel.refusals import refusal
from backend.mail.letter import UNDO_EMAIL
from backend.rules.access_tokens import check_access_token, spend_access_token
from backend.rules.context import ClientInfo, Services
from backend.rules.email_links import undo_email_change
from backend.rules.links import ACCESS_TOKEN_LIFETIME
from backend.store import Queries

UNDOES = frozenset({UNDO_EMAIL})


async def undo_by_token(services: Services, token: str, client: ClientInfo) -> str:
    """Give the account the old address back. Return an access token to choose a new password.

    Raises `invalid_access_token`, `invalid_token_type`, `rate_limit_exceeded` for too many of either, or
    `email_not_unique` where the old address is another account's by now.
    """
    await check_access_token(services, token, UNDOES, client)
    return await services.store.write(_undo_by_token, services, token, client)


def _undo_by_token(queries: Queries, services: Services, token: str, client: ClientInfo) -> str:
    now = services.clock()
    link = spend_access_token(queries, services, token, UNDOES, now)
    reset = undo_email_change(queries, services, link, client, reset_until=now + ACCESS_TOKEN_LIFETIME)
    if reset is None:
        raise refusal("email_not_unique")
    return reset
