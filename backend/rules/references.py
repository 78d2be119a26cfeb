"""References: what names the mails that a browser asks for, so that a code works in that browser alone.

Everybody who asks for a mail gets one, for any address. Nobody can tell by it whether a mail went out: it is derived
from the address and from what the browser is recognized by, and signed, so that it can be read without being stored.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from backend.kernel.codes import CODE_LIFETIME
from backend.kernel.fields import Address
from backend.kernel.keys import hash_secret
from backend.rules.context import ClientInfo, Services

LONGEST = 200  # characters
PURPOSE = "reference"  # of the signature


@dataclass(frozen=True)
class Reference:
    """`mailbox` is a pseudonym of the address, `request` names the browser's requests for mails to it.

    At `expires_at` the codes of the mail asked for last are over.
    """

    mailbox: str
    request: str = field(repr=False)
    expires_at: datetime

    @property
    def request_hash(self) -> str:
        """What a link stores of it."""
        return hash_secret(self.request)


def make_reference(services: Services, email: Address, client: ClientInfo) -> Reference | None:
    """Make the reference of the client's request for a mail to this address: the same whenever it asks again.

    None for a client that has no field for a code.
    """
    return _make(services, email, client.asker) if client.asker else None


def make_session_reference(services: Services, email: Address, session_id: str) -> Reference:
    """Make the reference of a session's request for a mail, whose code is worth something in that session alone."""
    return _make(services, email, _name_session(session_id))


def as_session(client: ClientInfo, session_id: str) -> ClientInfo:
    """Return the client, recognized by its session and no more by its browser when it asks for a mail."""
    return replace(client, asker=_name_session(session_id))


def _name_session(session_id: str) -> str:
    return f"session:{session_id}"


def _make(services: Services, email: Address, asker: str) -> Reference:
    derive = services.keyring.derive_pseudonym
    mailbox, request = derive(f"mailbox:{email.key}"), derive(f"mail-request:{email.key}:{asker}")
    return Reference(mailbox[:32], request[:32], services.clock() + CODE_LIFETIME)


def write_reference(services: Services, reference: Reference) -> str:
    """Write a reference as the client gets it."""
    seconds = int(reference.expires_at.timestamp())
    return services.keyring.sign(PURPOSE, f"{reference.mailbox}.{reference.request}.{seconds}")


def read_reference(services: Services, text: str) -> Reference | None:
    """Return the reference that was written as this text, or None if it was not written here."""
    signed = services.keyring.unsign(PURPOSE, text) if len(text) <= LONGEST else None
    if signed is None:
        return None
    mailbox, request, seconds = signed.split(".")
    return Reference(mailbox, request, datetime.fromtimestamp(int(seconds), UTC))
