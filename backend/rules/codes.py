"""Codes of mailed links, typed in the browser that asked for the mail: the same as pressing the link's button there.

A code is compared only for the reference that its mail was asked for with (references.py), at most ATTEMPTS times, and
the attempts of an account are counted over all codes, browsers and networks. A code and its link are spent together:
the first of the two wins. Of a double click both clicks get what the code gave. After wrong codes the link stays good.
"""

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from backend.kernel.codes import ATTEMPTS, CODE_LIFETIME, derive_code, format_code
from backend.kernel.events import EventKind
from backend.kernel.keys import derive_access_token
from backend.kernel.refusals import RefusalError, refusal
from backend.mail.letter import CONFIRM, LOG_IN, RESET
from backend.mail.letters import LASTING
from backend.rules import limits
from backend.rules.confirmation import confirm_registration, describe_confirmation, is_account
from backend.rules.connected_identities import tell_connected
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event_for
from backend.rules.first_proof import make_way, prove_email
from backend.rules.identity_mails import connect_waiting
from backend.rules.known_devices import find_known_device
from backend.rules.limits import Counter
from backend.rules.links import ACCESS_TOKEN_LIFETIME
from backend.rules.references import Reference, read_reference
from backend.rules.sessions import DOUBLE_CLICK, NewSession, open_again, open_session
from backend.rules.tickets import SecondStep
from backend.store import Queries
from backend.store.records import Link, User

KINDS = frozenset({LOG_IN, CONFIRM, RESET})  # of links that a code of its own can stand for
METHODS = {LOG_IN: "mail-code"}  # how a session was opened; a confirmation is one either way


@dataclass(frozen=True)
class RightCode:
    """The link of a right code. `is_repeated`: this is the second click of a double click, and its first one has done
    what the code is for; nothing is done again, and the answer is the same."""

    link: Link
    is_repeated: bool = False


@dataclass(frozen=True)
class UsedCode:
    """What a right code gave: a session, or an access token where more has to be typed, a new password."""

    link: Link
    opened: NewSession | None
    access_token: str = field(default="", repr=False)


async def use_code(services: Services, reference: str, code: str, client: ClientInfo) -> UsedCode:
    """Use a code that was typed in the browser which asked for its mail. `code` is as `read_code` returns it.

    Raises `wrong_code` alike for one that is wrong, used, too old, of another browser, or of an address without an
    account; `rate_limit_exceeded` after too many; `second_factor_required`, after the code was spent.
    """
    known = read_reference(services, reference)
    if known is None:
        raise refusal("wrong_code", param="code")
    used = await services.store.write(_use_code, services, known, code, client)
    if isinstance(used, RefusalError):
        raise used
    if isinstance(used, SecondStep):
        raise used.refuse()
    if used.opened and used.opened.is_mailed:
        services.mail_waits.set()
    return used


def check_code(
    queries: Queries, services: Services, reference: Reference, code: str, client: ClientInfo, kinds: Collection[str]
) -> RightCode | RefusalError:
    """Count an attempt and return the link of these `kinds` whose code this is, within the caller's transaction.

    The caller spends the link in the same transaction, so that of any number of right codes one wins, and does what the
    link is for: to confirm who holds a session, elevate that session alone, and make its reference with an `asker` that
    names the session. A refusal is returned, not raised: that would roll back the count. Raises `rate_limit_exceeded`.
    """
    owner = _find_owner(queries, reference)
    limits.count(queries, services, _make_counters(queries, services, reference, owner, client))
    now = services.clock()
    live = queries.links.count_attempt(reference.request_hash, kinds, most=ATTEMPTS, since=now - CODE_LIFETIME, now=now)
    for link in live:
        if _is_code_of(services, link, code):
            queries.limits.increment(_name_double_click(services, link), now=now, expires_at=now + DOUBLE_CLICK)
            return RightCode(link)
    for link in queries.links.list_asked(reference.request_hash):
        if link.kind in kinds and _is_code_of(services, link, code) and _is_just_used(queries, services, link, now):
            return RightCode(link, is_repeated=True)
    known = owner if live and owner and is_account(owner) else None
    record_event_for(queries, known, EventKind.CODE_REFUSED, client, now)
    return refusal("wrong_code", param="code")


def word_code(link: Link, key: str, now: datetime) -> str:
    """Return the code of a link for its mail, as people read it, or "" where it is over or can be typed nowhere."""
    is_live = link.request_hash is not None and now < link.created_at + CODE_LIFETIME
    return format_code(derive_code(key)) if is_live else ""


def _find_owner(queries: Queries, reference: Reference) -> User | None:
    """Find whose mails a reference is about, with as many statements where they are nobody's."""
    link = queries.links.find_newest_asked(reference.request_hash)
    return queries.users.find_by_id(link.user_id if link else "")


def _make_counters(
    queries: Queries, services: Services, reference: Reference, owner: User | None, client: ClientInfo
) -> Sequence[Counter]:
    """Make the counters of an attempt. A browser that its owner has logged in from is counted by itself, so that no
    stranger can use up the owner's attempts."""
    device = find_known_device(queries, owner, client)
    name = f"code:device:{device}" if device else f"code:mailbox:{reference.mailbox}"
    return [
        limits.make_counter(services, limits.CODES_OF_ACCOUNT, name),
        *limits.make_network_counters(services, limits.CODES_OF_NETWORK, "code", client),
    ]


def _is_code_of(services: Services, link: Link, code: str) -> bool:
    key = services.keyring.recover_link_key(link.id, link.key_hash)
    return key is not None and hmac.compare_digest(derive_code(key), code)


def _is_just_used(queries: Queries, services: Services, link: Link, now: datetime) -> bool:
    return bool(queries.limits.list_active([_name_double_click(services, link)], now))


def _name_double_click(services: Services, link: Link) -> str:
    """Name the time window that begins with the use of a link's code, and within which a click is the second one."""
    return services.keyring.derive_pseudonym(f"code:used:{link.id}")


def _use_code(
    queries: Queries, services: Services, reference: Reference, code: str, client: ClientInfo
) -> UsedCode | SecondStep | RefusalError:
    right = check_code(queries, services, reference, code, client, KINDS)
    if isinstance(right, RefusalError):
        return right
    link, now = right.link, services.clock()
    if link.kind == RESET or describe_confirmation(queries, link, client).was_typed_elsewhere:
        return UsedCode(link, None, _give_access_token(queries, services, link, now))
    if not right.is_repeated:
        link = _spend(queries, link, client, now)
    user = queries.users.find_by_id(link.user_id)
    if user is None:
        raise refusal("user_not_found")
    opens = open_again if right.is_repeated else open_session
    opened = opens(queries, services, user, METHODS.get(link.kind, link.kind), client)
    if opened is None:
        return refusal("wrong_code", param="code")
    opened = tell_connected(queries, link, opened)
    return opened if isinstance(opened, SecondStep) else UsedCode(link, opened)


def _spend(queries: Queries, link: Link, client: ClientInfo, now: datetime) -> Link:
    """Spend the link of a code and the others of its kind, and confirm what it confirms. Return it as it is now."""
    queries.links.spend(link.id, now)
    if link.kind == CONFIRM:
        link = make_way(queries, link, client, now)
        confirm_registration(queries, link, client, now)
    else:
        link = prove_email(queries, link, client, now)
        connect_waiting(queries, link, client, now)
    queries.links.spend_kind(link.user_id, link.kind, now, except_letters=LASTING)
    return link


def _give_access_token(queries: Queries, services: Services, link: Link, now: datetime) -> str:
    """Return the access token of a link whose use needs more than the code, which gives it once."""
    queries.links.use_up_code(link.id, most=ATTEMPTS)
    if services.settings.links.has_button:  # else the token is valid as long as the link is
        queries.links.press(link.id, now=now, access_expires_at=now + ACCESS_TOKEN_LIFETIME)
    key = services.keyring.recover_link_key(link.id, link.key_hash)
    return derive_access_token(key) if key else ""
