"""Options: what a browser is to ask its authenticators for (WebAuthn Level 3, 5.4 and 5.5), with a new challenge."""

import json
import secrets
from collections.abc import Iterable
from typing import Any

from backend.kernel import base64url
from backend.kernel.credentials import ALGORITHMS
from backend.kernel.refusals import refusal
from backend.rules import limits
from backend.rules.assertions import require_relying_party
from backend.rules.challenges import (
    CHALLENGE_LIFETIME,
    Binding,
    ChallengePurpose,
    bind_to_addition,
    bind_to_session,
    bind_to_ticket,
    make_challenge,
)
from backend.rules.context import ClientInfo, Services
from backend.rules.factors import PASSKEY, has_two_step
from backend.rules.reauthentication import require_recent_confirmation
from backend.rules.second_step import describe_second_step
from backend.rules.sessions import SignedIn
from backend.store import Queries
from backend.store.records import Passkey, User

MILLISECONDS = int(CHALLENGE_LIFETIME.total_seconds() * 1000)
HANDLE = 32  # bytes, at random: neither the address nor the id (14.6.1)

Options = dict[str, Any]


async def make_log_in_options(services: Services, browser: str, client: ClientInfo) -> Options:
    """Make the options of a log-in. They name no passkey, so they are the same for everybody, and tell nothing.

    Counted by network, and with nothing else: whoever asks for too many still has a password and a link. Raises
    `rate_limit_exceeded`, or `not_allowed` where there are no passkeys.
    """
    require_relying_party(services)
    await limits.count_by_network(services, limits.OPTIONS_OF_NETWORK, "passkey:options", client)
    return _make_request(services, Binding(ChallengePurpose.SIGN_IN, browser), [], verification="required")


async def make_add_options(services: Services, me: SignedIn, browser: str) -> Options:
    """Make the options of a new passkey for the caller.

    Raises `confirmation_required`: by a second factor where two-step verification is on, which a passkey goes past.
    """
    party = require_relying_party(services)
    require_recent_confirmation(services, me, strong=True)
    handle, known = await services.store.write(_prepare_account, me.user, base64url.encode(secrets.token_bytes(HANDLE)))
    return {
        "rp": {"id": party.id, "name": services.settings.public.site_name},
        "user": {"id": handle, "name": me.user.login_name, "displayName": me.user.name or me.user.login_name},
        "challenge": _encode_challenge(services, bind_to_addition(browser, me.session.id, me.user)),
        "pubKeyCredParams": [{"type": "public-key", "alg": number} for number in ALGORITHMS],
        "timeout": MILLISECONDS,
        "excludeCredentials": [_describe(passkey) for passkey in known],
        "authenticatorSelection": {"residentKey": "preferred", "userVerification": "preferred"},
        "attestation": "none",
        "extensions": {"credProps": True},
    }


async def make_confirm_options(services: Services, me: SignedIn, browser: str) -> Options:
    """Make the options with which the caller confirms their session, by a passkey of theirs. Raises `not_allowed`
    where there is none.

    Where two-step verification is on it need not check who holds it, no more than an authenticator app does.
    """
    known = await services.store.read(_list_passkeys, me.user)
    if not known:  # else the browser would offer whatever it has
        raise refusal("not_allowed")
    verification = "preferred" if has_two_step(me.user) else "required"
    return _make_request(services, bind_to_session(browser, me.session.id), known, verification=verification)


async def make_step_options(services: Services, ticket: str, browser: str, client: ClientInfo) -> Options:
    """Make the options of the second step of a log-in, by a passkey of whoever's it is. Raises `invalid_ticket`."""
    waiting = await describe_second_step(services, ticket, client)
    if PASSKEY not in waiting.factors:
        raise refusal("invalid_ticket")
    known = await services.store.read(_list_passkeys, waiting.user)
    return _make_request(services, bind_to_ticket(browser, ticket), known, verification="discouraged")


def _prepare_account(queries: Queries, user: User, handle: str) -> tuple[str, list[Passkey]]:
    """Return what authenticators know the account by, the same for ever, and its passkeys."""
    return queries.passkeys.ensure_handle(user.id, handle), queries.passkeys.list_for_user(user.id)


def _list_passkeys(queries: Queries, user: User) -> list[Passkey]:
    return queries.passkeys.list_for_user(user.id)


def _make_request(services: Services, binding: Binding, known: Iterable[Passkey], *, verification: str) -> Options:
    return {
        "rpId": require_relying_party(services).id,
        "challenge": _encode_challenge(services, binding),
        "timeout": MILLISECONDS,
        "allowCredentials": [_describe(passkey) for passkey in known],
        "userVerification": verification,
    }


def _encode_challenge(services: Services, binding: Binding) -> str:
    return base64url.encode(make_challenge(services, binding))


def _describe(passkey: Passkey) -> dict[str, Any]:
    return {"type": "public-key", "id": passkey.credential_id, "transports": json.loads(passkey.transports)}
