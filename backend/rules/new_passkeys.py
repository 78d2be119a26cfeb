"""New passkeys: what a browser has made for somebody who is logged in is verified, and kept."""

import json
from datetime import datetime

from backend.kernel import credentials
from backend.kernel.credentials import Attestation, Credential, WrongCredentialError
from backend.kernel.devices import parse_user_agent
from backend.kernel.events import EventKind
from backend.kernel.keys import new_id
from backend.kernel.refusals import RefusalError, refusal
from backend.mail.factor_letters import PASSKEY_ADDED
from backend.rules import limits
from backend.rules.assertions import log, read_answer, require_relying_party, wrong_passkey
from backend.rules.challenges import bind_to_addition, read_challenge, use_challenge
from backend.rules.confirmation import can_be_mailed
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event
from backend.rules.mail_limits import count_told_act
from backend.rules.reauthentication import require_recent_confirmation
from backend.rules.session_list import end_others
from backend.rules.sessions import SignedIn
from backend.rules.two_step import tell_owner
from backend.settings.passkeys import RelyingParty
from backend.store import Queries
from backend.store.records import Passkey, User

PASSKEYS_OF_ACCOUNT = 20


async def add_passkey(
    services: Services,
    me: SignedIn,
    value: object,
    browser: str,
    name: str | None,
    client: ClientInfo,
    *,
    ends_others: bool = False,
) -> Passkey:
    """Add the passkey that a browser has made for the caller, and mail them.

    With `ends_others` the caller's other sessions end. The challenge proves that the session was confirmed when it was
    given out, five minutes ago at most. Raises `wrong_passkey`, `challenge_expired`, `passkey_known` where an account
    has it already, `too_many_passkeys`, `not_allowed` for an address that is not confirmed, or `rate_limit_exceeded`:
    what is made up costs work, and what is added a mail.
    """
    party = require_relying_party(services)
    counter = limits.make_counter(services, limits.FAILURES_OF_ACCOUNT, f"passkey:new:{me.user.id}")
    await services.store.read(limits.check, services, [counter])
    credential, until = _read(services, me, value, browser)
    made = await _verify(party, credential)
    if made is None:
        await services.store.write(limits.count, services, [counter])
        raise wrong_passkey()
    passkey = _make_passkey(made, me.user, name, client, services.clock())
    await services.store.write(
        _add, services, me, passkey, credential.challenge, until, client, ends_others=ends_others
    )
    services.mail_waits.set()
    return passkey


def _read(services: Services, me: SignedIn, value: object, browser: str) -> tuple[Credential, datetime]:
    """Read what the browser has made, and until when its challenge is good.

    Raises what `read_challenge` raises, or `confirmation_required` where the session is not confirmed any more.
    """
    credential = read_answer(value)
    try:
        if credential is None:
            raise wrong_passkey()
        binding = bind_to_addition(browser, me.session.id, me.user)
        return credential, read_challenge(services, binding, credential.challenge)
    except RefusalError:
        require_recent_confirmation(services, me, strong=True)
        raise


async def _verify(party: RelyingParty, credential: Credential) -> Attestation | None:
    """Verify what the browser has made; None for what proves nothing."""
    try:
        return await credentials.verify_attestation(
            credential, challenge=credential.challenge, domain=party.id, origin=party.origin
        )
    except WrongCredentialError as error:
        log.info("A new passkey was refused: %s", error)
        return None


def _make_passkey(made: Attestation, user: User, name: str | None, client: ClientInfo, now: datetime) -> Passkey:
    agent = parse_user_agent(client.user_agent)
    return Passkey(
        id=new_id(),
        user_id=user.id,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        aaguid=made.aaguid,
        transports=json.dumps(made.transports),
        is_backup_eligible=made.is_backup_eligible,
        is_backed_up=made.is_backed_up,
        is_verifying=made.is_verified,
        is_discoverable=made.is_discoverable,
        name=name,
        browser=agent["family"],
        system=agent["os"]["family"],
        created_at=now,
    )


def _add(
    queries: Queries,
    services: Services,
    me: SignedIn,
    passkey: Passkey,
    challenge: bytes,
    until: datetime,
    client: ClientInfo,
    *,
    ends_others: bool,
) -> None:
    user = queries.users.find_by_id(passkey.user_id)
    if user is None or not can_be_mailed(services, user):
        raise refusal("not_allowed")
    use_challenge(queries, challenge, until)
    count_told_act(queries, services, user.id)
    if queries.passkeys.count(user.id) >= PASSKEYS_OF_ACCOUNT:
        raise refusal("too_many_passkeys", most=PASSKEYS_OF_ACCOUNT)
    if not queries.passkeys.insert(passkey):
        raise refusal("passkey_known", param="credential")
    record_event(queries, user.id, EventKind.PASSKEY_ADDED, client, passkey.created_at)
    tell_owner(queries, services, user, PASSKEY_ADDED, client)
    if ends_others:
        end_others(queries, me, client, passkey.created_at)
