"""Assertions: what somebody proves with a passkey, to log in, in the second step, or to confirm that it is them.

First the answer is checked, which takes a moment in a thread. Then `accept_assertion` is called in the transaction of
whatever is done by it: there its challenge is used up and its counter compared, so that of any number of the same
answers one counts.
"""

import logging
from dataclasses import dataclass, field
from datetime import datetime

from backend.kernel import credentials
from backend.kernel.credentials import Assertion, Credential, WrongCredentialError
from backend.kernel.events import EventKind
from backend.kernel.refusals import RefusalError, refusal
from backend.mail.factor_letters import PASSKEY_SUSPECTED
from backend.rules.challenges import Binding, read_challenge, use_challenge
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event
from backend.rules.two_step import tell_owner
from backend.settings.passkeys import RelyingParty
from backend.store import Queries
from backend.store.records import Passkey, User

log = logging.getLogger("backend.passkeys")


@dataclass(frozen=True)
class CheckedAssertion:
    """An answer with a right signature, to a challenge of ours. `until`: so long it would be taken again."""

    credential_id: str
    challenge: bytes = field(repr=False)
    until: datetime
    said: Assertion


@dataclass(frozen=True)
class ProvedPasskey:
    """The passkey by which somebody proved who they are, whose it is, and how much it proves.

    `is_verified`: its device has checked who holds it, so that it counts as two factors. `is_suspected`: its counter
    went back, as that of a copy would: something else has to prove it too.
    """

    passkey: Passkey
    user: User
    is_verified: bool
    is_suspected: bool

    @property
    def is_enough(self) -> bool:
        """Whether nothing more has to be proved."""
        return self.is_verified and not self.is_suspected


def require_relying_party(services: Services) -> RelyingParty:
    """Return what passkeys are bound to here. Raises `not_allowed` where there are none."""
    found = services.settings.passkeys.relying_party
    if found is None:
        raise refusal("not_allowed")
    return found


def read_answer(value: object) -> Credential | None:
    """Read what a browser answered; None where nobody could.

    Raises `validation_error` for what is too long, or no text.
    """
    try:
        return credentials.read_credential(value)
    except WrongCredentialError as error:
        log.info("A passkey could not be read: %s", error)
        return None


def find_passkey(queries: Queries, credential: Credential | None) -> tuple[Passkey, User] | None:
    """Find the passkey that an answer is of, and whose it is."""
    passkey = queries.passkeys.find_by_credential(credential.id) if credential else None
    user = queries.users.find_by_id(passkey.user_id) if passkey else None
    return (passkey, user) if passkey and user else None


async def check_assertion(
    services: Services,
    credential: Credential | None,
    known: tuple[Passkey, User] | None,
    binding: Binding,
    *,
    is_named: bool,
) -> CheckedAssertion:
    """Check an answer to a challenge of this binding. `is_named`: something else has said already whose it must be.

    Raises `wrong_passkey`, `challenge_expired`, `unknown_passkey` with the credential's id, or `not_allowed` where
    there are no passkeys.
    """
    party = require_relying_party(services)
    if credential is None:
        raise wrong_passkey()
    until = read_challenge(services, binding, credential.challenge)
    if known is None:
        raise _unknown_passkey(credential.id)
    try:
        said = await _verify(party, credential, *known, is_named=is_named)
    except WrongCredentialError as error:
        log.info("A passkey was refused: %s", error)
        raise wrong_passkey() from None
    return CheckedAssertion(credential.id, credential.challenge, until, said)


async def _verify(
    party: RelyingParty, credential: Credential, passkey: Passkey, user: User, *, is_named: bool
) -> Assertion:
    """Do what the library does, and what it leaves out. Raises WrongCredentialError."""
    said = await credentials.verify_assertion(
        credential,
        challenge=credential.challenge,
        domain=party.id,
        origin=party.origin,
        public_key=passkey.public_key,
    )
    if credential.user_handle != user.passkey_handle and not (is_named and credential.user_handle is None):
        raise WrongCredentialError("handle of the user")
    if said.is_backup_eligible != passkey.is_backup_eligible:  # it may never change (WebAuthn Level 3, 7.2)
        raise WrongCredentialError("backup eligibility")
    return said


def accept_assertion(
    queries: Queries, services: Services, checked: CheckedAssertion, client: ClientInfo, now: datetime
) -> ProvedPasskey:
    """Use an answer up, within the caller's transaction, and note what it says.

    Raises `wrong_passkey` for one that was used before, and `unknown_passkey` where it was removed meanwhile.
    """
    passkey = queries.passkeys.find_by_credential(checked.credential_id)
    user = queries.users.find_by_id(passkey.user_id) if passkey else None
    if passkey is None or user is None:
        raise _unknown_passkey(checked.credential_id)
    use_challenge(queries, checked.challenge, checked.until)
    said, is_suspected = checked.said, _is_going_back(passkey, checked.said)
    is_noted = queries.passkeys.record_use(
        passkey,
        sign_count=max(passkey.sign_count, said.sign_count),
        is_backed_up=said.is_backed_up,
        is_verifying=passkey.is_verifying or said.is_verified,
        suspected_at=passkey.suspected_at or (now if is_suspected else None),
        now=now,
    )
    if not is_noted:
        raise wrong_passkey()
    if is_suspected:
        _tell_of_copy(queries, services, passkey, user, client, now)
    return ProvedPasskey(passkey, user, said.is_verified, is_suspected)


def _is_going_back(passkey: Passkey, said: Assertion) -> bool:
    """Tell whether there may be a copy: a signal, no proof. The counters of synchronized passkeys say nothing."""
    counts = bool(passkey.sign_count or said.sign_count)
    return not passkey.is_backup_eligible and counts and said.sign_count <= passkey.sign_count


def _tell_of_copy(
    queries: Queries, services: Services, passkey: Passkey, user: User, client: ClientInfo, now: datetime
) -> None:
    """Write it into the history, and mail the owner the first time."""
    record_event(queries, user.id, EventKind.PASSKEY_SUSPECTED, client, now)
    if passkey.suspected_at is None:
        tell_owner(queries, services, user, PASSKEY_SUSPECTED, client)


def wrong_passkey() -> RefusalError:
    """Make the refusal of whatever proves nothing, without the reason."""
    return refusal("wrong_passkey", param="credential")


def _unknown_passkey(credential_id: str) -> RefusalError:
    """Make the refusal of what a browser offers and nobody has here: its device can be told to forget it."""
    return refusal("unknown_passkey", param="credential", credentialId=credential_id)
