"""Rate limits of mails: by mailbox, whatever the kind of mail, and by network."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from backend.kernel.fields import Address
from backend.rules import limits
from backend.rules.context import ClientInfo, Services
from backend.rules.known_devices import find_known_device
from backend.rules.limits import Counter
from backend.store import Queries

DOUBLE_SUBMIT = timedelta(seconds=10)  # the same request within this is idempotent: mailed once and counted once


def find_mail_counters(queries: Queries, services: Services, to: Address, client: ClientInfo) -> list[Counter]:
    """Find the counters of a mail, sent or not.

    A browser that its owner has logged in from is counted by itself, so that no stranger can use up the owner's mails.
    """
    device = find_known_device(queries, queries.users.find_by_email(to.key), client)
    name = f"mail:device:{device}" if device else f"mail:{_find_mailbox(to)}"
    return _make_counters(services, name, "mail", client)


def find_sign_up_mail_counters(queries: Queries, services: Services, to: Address, client: ClientInfo) -> list[Counter]:
    """Find the counters of the mail that tells an owner of a sign-up with their address.

    Just after a sign-up that mail is counted already, for a taken address as for a free one. It then has counters of
    its own: what is left of the usual ones would tell the two apart (user enumeration).
    """
    if not queries.limits.list_active([_make_prepaid_id(services, to)], services.clock()):
        return find_mail_counters(queries, services, to, client)
    return _make_counters(services, f"mail:sign-up:{_find_mailbox(to)}", "mail:sign-up", client)


def prepay_sign_up_mail(queries: Queries, services: Services, to: Address) -> None:
    """Note that a sign-up, or a confirmation sent again, was counted, and with it the owner's mail that may follow."""
    now = services.clock()
    queries.limits.increment(_make_prepaid_id(services, to), now=now, expires_at=now + DOUBLE_SUBMIT)


def count_mail(queries: Queries, services: Services, counters: Sequence[Counter], content: str = "") -> None:
    """Count a mail, but not the same `content` again within DOUBLE_SUBMIT. Raises `rate_limit_exceeded`."""
    now = services.clock()
    same = services.keyring.derive_pseudonym(f"same:{counters[0].id}:{content}")
    if queries.limits.increment(same, now=now, expires_at=now + DOUBLE_SUBMIT).count == 1:
        limits.count(queries, services, counters)


def count_told_act(queries: Queries, services: Services, user_id: str) -> None:
    """Count an act that the owner is mailed of, unasked, within its transaction.

    Raises `rate_limit_exceeded`: the mail is never left out, so the act is, or its repeating would flood a mailbox.

    Of acts that come in pairs, such as adding and removing, one is counted: nobody is kept from taking something back.
    """
    limits.count(queries, services, [limits.make_counter(services, limits.ACTS_TOLD_OF_ACCOUNT, f"told:{user_id}")])


def _make_counters(services: Services, name: str, network_name: str, client: ClientInfo) -> list[Counter]:
    mailbox = replace(limits.make_counter(services, limits.MAILS_TO_ADDRESS, name), is_mailbox=True)
    return [mailbox, *limits.make_network_counters(services, limits.MAILS_OF_NETWORK, network_name, client)]


def _make_prepaid_id(services: Services, to: Address) -> str:
    return services.keyring.derive_pseudonym(f"limit:letter:{_find_mailbox(to)}")


def _find_mailbox(to: Address) -> str:
    """Return where mail to this address arrives at most providers: without the owner's mark after a plus."""
    local, _at, domain = to.key.rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"
