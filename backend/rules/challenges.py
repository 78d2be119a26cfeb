"""Challenges: what a passkey signs, so that no answer counts twice, elsewhere, or for something else.

To give one out writes nothing of it, so that any page may ask for one: a challenge says itself until when it is good,
with a MAC over that, its purpose and what it is bound to. That it was answered is written with what the answer did.
"""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from backend.kernel.keys import hash_secret
from backend.kernel.refusals import refusal
from backend.rules.context import Services
from backend.rules.factors import has_two_step
from backend.store import Queries
from backend.store.records import User
from backend.store.tables import EPOCH, MICROSECOND

CHALLENGE_LIFETIME = timedelta(minutes=5)
# Browsers offer passkeys in the field of the address for as long as the page is open, and heed no timeout there.
LOG_IN_CHALLENGE_LIFETIME = timedelta(hours=1)
RANDOM, TIME, MAC = 16, 8, 32  # bytes of a challenge, in this order


class ChallengePurpose(StrEnum):
    """What a challenge is for: logging in, adding a passkey, the second step, or proving again who one is."""

    SIGN_IN = "signin"
    ADD = "add"
    FACTOR = "factor"
    CONFIRM = "confirm"


@dataclass(frozen=True)
class Binding:
    """What a challenge is good for alone. `browser` is the random text by which a site knows the browser; `to` is the
    id of the session, or the hash of the ticket, that goes on with it."""

    purpose: ChallengePurpose
    browser: str = field(repr=False)
    to: str = ""

    @property
    def lifetime(self) -> timedelta:
        return LOG_IN_CHALLENGE_LIFETIME if self.purpose is ChallengePurpose.SIGN_IN else CHALLENGE_LIFETIME


def bind_to_session(browser: str, session_id: str) -> Binding:
    """Bind a challenge to a session that is to be confirmed. It keeps its id when its token is renewed."""
    return Binding(ChallengePurpose.CONFIRM, browser, session_id)


def bind_to_addition(browser: str, session_id: str, user: User) -> Binding:
    """Bind a challenge for a new passkey to a session of a user, and to whether that had to be confirmed by a second
    factor: no challenge outlives the moment at which two-step verification is switched on."""
    return Binding(ChallengePurpose.ADD, browser, f"{session_id}-{'strong' if has_two_step(user) else 'plain'}")


def bind_to_ticket(browser: str, ticket: str) -> Binding:
    """Bind a challenge to a log-in that waits for its second step."""
    return Binding(ChallengePurpose.FACTOR, browser, hash_secret(ticket))


def make_challenge(services: Services, binding: Binding) -> bytes:
    """Make a challenge. Nothing remembers it."""
    until = (services.clock() + binding.lifetime - EPOCH) // MICROSECOND
    content = secrets.token_bytes(RANDOM) + until.to_bytes(TIME, "big")
    return content + services.keyring.authenticate(_write_out(content, binding))


def read_challenge(services: Services, binding: Binding, challenge: bytes) -> datetime:
    """Return until when a challenge is good.

    Raises `wrong_passkey` unless it was made for this binding, and `challenge_expired` when its time is over.
    """
    content, mac = challenge[: RANDOM + TIME], challenge[RANDOM + TIME :]
    if len(mac) != MAC or not services.keyring.is_authentic(_write_out(content, binding), mac):
        raise refusal("wrong_passkey", param="credential")
    until = EPOCH + int.from_bytes(content[RANDOM:], "big") * MICROSECOND
    if until <= services.clock():
        raise refusal("challenge_expired", param="credential")
    return until


def use_challenge(queries: Queries, challenge: bytes, until: datetime) -> None:
    """Note, within the caller's transaction, that a challenge was answered. Raises `wrong_passkey` if it was before."""
    if not queries.challenges.use(hash_secret(challenge.hex()), expires_at=until):
        raise refusal("wrong_passkey", param="credential")


def _write_out(content: bytes, binding: Binding) -> str:
    """Return what the MAC is over. Each part but the last has no colon in it."""
    return f"challenge:{binding.purpose}:{content.hex()}:{binding.to}:{binding.browser}"
