"""Passkeys: logging in with one, and adding, naming and removing one's own."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.kernel import credentials
from backend.kernel.credentials import Attestation, WrongCredentialError
from backend.kernel.devices import parse_user_agent
from backend.kernel.events import EventKind
from backend.kernel.keys import new_id
from backend.kernel.passkey_providers import UNKNOWN
from backend.kernel.refusals import RefusalError, refusal
from backend.rules.assertions import log, make_wrong, require_relying_party
from backend.rules.challenges import Purpose, bind_to_session, read_challenge, use_challenge
from backend.rules.confirmation import can_be_mailed
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event
from backend.rules.profile import reload_user
from backend.rules.reauthentication import require_recent_confirmation
from backend.rules.sessions import SignedIn
from backend.store import Queries
from backend.store.records import Passkey, User

PASSKEYS_OF_ACCOUNT = 20


@dataclass(frozen=True)
class OwnPasskeys:
    """All passkeys of an account, oldest first, and whose they are."""

    user: User
    passkeys: Sequence[Passkey]


async def list_passkeys(services: Services, me: SignedIn) -> OwnPasskeys:
    """List the caller's passkeys."""
    return await services.store.read(_list, me.user)


def _list(queries: Queries, user: User) -> OwnPasskeys:
    return OwnPasskeys(reload_user(queries, user), queries.passkeys.list_for_user(user.id))


async def add_passkey(
    services: Services, me: SignedIn, value: object, browser: str, name: str | None, client: ClientInfo
) -> Passkey:
    """Add the passkey that a browser has made for the caller, and mail them.

    The challenge proves that the session was confirmed when it was given out, five minutes ago at most. Raises
    `wrong_passkey`, `challenge_expired`, `passkey_known` where an account has it already, `too_many_passkeys`, or
    `not_allowed` for an address that is not confirmed.
    """
    party, challenge = require_relying_party(services), b""
    try:
        credential = credentials.read_credential(value)
        challenge = credential.challenge
        until = _read_challenge(services, me, challenge, browser)
        made = await credentials.verify_attestation(
            credential, challenge=challenge, domain=party.id, origin=party.origin
        )
    except WrongCredentialError as error:
        log.info("A new passkey was refused: %s", error)
        _read_challenge(services, me, challenge, browser)
        raise make_wrong() from None
    passkey = _make_passkey(made, me.user, name, client, services.clock())
    await services.store.write(_add, services, passkey, challenge, until, client)
    services.mail_waits.set()
    return passkey


def _read_challenge(services: Services, me: SignedIn, challenge: bytes, browser: str) -> datetime:
    """Return until when a challenge is good. Raises what `read_challenge` raises, or `confirmation_required`."""
    try:
        return read_challenge(services, bind_to_session(browser, me.session.id, Purpose.ADD), challenge)
    except RefusalError:
        require_recent_confirmation(services, me)
        raise


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
    queries: Queries, services: Services, passkey: Passkey, challenge: bytes, until: datetime, client: ClientInfo
) -> None:
    user = queries.users.find_by_id(passkey.user_id)
    if user is None or not can_be_mailed(services, user):
        raise refusal("not_allowed")
    use_challenge(queries, challenge, until)
    if queries.passkeys.count(user.id) >= PASSKEYS_OF_ACCOUNT:
        raise refusal("too_many_passkeys", most=PASSKEYS_OF_ACCOUNT)
    if not queries.passkeys.insert(passkey):
        raise refusal("passkey_known", param="credential")
    record_event(queries, user.id, EventKind.PASSKEY_ADDED, client, passkey.created_at)


async def rename_passkey(
    services: Services, me: SignedIn, passkey_id: str, name: str | None, client: ClientInfo
) -> None:
    """Name one of the caller's passkeys; None removes the name. Raises `passkey_not_found`."""
    await services.store.write(_rename, me.user, passkey_id, name, client, services.clock())


def _rename(queries: Queries, user: User, passkey_id: str, name: str | None, client: ClientInfo, now: datetime) -> None:
    passkey = _find_own(queries, user, passkey_id)
    if passkey.name != name:
        queries.passkeys.rename(passkey.id, name)
        record_event(queries, user.id, EventKind.PASSKEY_RENAMED, client, now)


async def remove_passkey(services: Services, me: SignedIn, passkey_id: str, client: ClientInfo) -> OwnPasskeys:
    """Remove one of the caller's passkeys, mail them, and return those that stay.

    Two-step verification is off then, where neither another one nor an app is left. Raises `passkey_not_found`,
    `last_way_in` where nothing else would let them in, or `confirmation_required`: by a second factor where that is on.
    """
    require_recent_confirmation(services, me)
    left = await services.store.write(_remove, services, me.user, passkey_id, client, services.clock())
    services.mail_waits.set()
    return left


def _remove(
    queries: Queries, services: Services, known: User, passkey_id: str, client: ClientInfo, now: datetime
) -> OwnPasskeys:
    user = reload_user(queries, known)
    passkey = _find_own(queries, user, passkey_id)
    queries.passkeys.delete(user.id, passkey.id)
    left = queries.passkeys.list_for_user(user.id)
    if logs_in(passkey) and not _has_way_in(services, user, left):
        raise refusal("last_way_in")
    record_event(queries, user.id, EventKind.PASSKEY_REMOVED, client, now)
    return OwnPasskeys(user, left)


def logs_in(passkey: Passkey) -> bool:
    """Tell whether a passkey alone lets its owner in; others do as a second factor."""
    return passkey.is_verifying and passkey.is_discoverable is not False


def is_security_key(passkey: Passkey) -> bool:
    """Tell whether a passkey is on a key of its own, as far as it can be told: one that says nothing of itself, is not
    in the device, and cannot be synchronized."""
    is_inside = "internal" in json.loads(passkey.transports)
    return passkey.aaguid == UNKNOWN and not is_inside and not passkey.is_backup_eligible


def _has_way_in(services: Services, user: User, passkeys: Sequence[Passkey]) -> bool:
    """Tell whether the owner can log in: by a password, a passkey, or a mail, if mails leave for a proven address."""
    mail = services.settings.mail
    is_reached = user.email_verified and (mail.server is not None or mail.has_outbox)
    return user.password_hash is not None or is_reached or any(map(logs_in, passkeys))


def _find_own(queries: Queries, user: User, passkey_id: str) -> Passkey:
    passkey = queries.passkeys.find(user.id, passkey_id)
    if passkey is None:
        raise refusal("passkey_not_found", param="id")
    return passkey
