"""One's own passkeys: listed, named, removed. How they come there: `new_passkeys.py`."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.kernel.events import EventKind
from backend.kernel.passkey_providers import UNKNOWN
from backend.kernel.refusals import refusal
from backend.mail.factor_letters import PASSKEY_REMOVED, TWO_STEP_OFF
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event
from backend.rules.factors import switch_off_if_bare
from backend.rules.profile import reload_user
from backend.rules.reauthentication import require_recent_confirmation
from backend.rules.session_list import end_others
from backend.rules.sessions import SignedIn
from backend.rules.two_step import tell_owner
from backend.rules.ways_in import has_way_in, logs_in
from backend.store import Queries
from backend.store.records import Passkey, User


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


async def remove_passkey(
    services: Services, me: SignedIn, passkey_id: str, client: ClientInfo, *, ends_others: bool = False
) -> OwnPasskeys:
    """Remove one of the caller's passkeys, mail them, and return those that stay.

    With `ends_others` the caller's other sessions end. Two-step verification is off then, where neither another one nor
    an app is left. Raises `passkey_not_found`, `last_way_in` where nothing else would let them in, or
    `confirmation_required`: by a second factor where that is on.
    """
    require_recent_confirmation(services, me, strong=True)
    left = await services.store.write(_remove, services, me, passkey_id, client, ends_others=ends_others)
    services.mail_waits.set()
    return left


def _remove(
    queries: Queries, services: Services, me: SignedIn, passkey_id: str, client: ClientInfo, *, ends_others: bool
) -> OwnPasskeys:
    user, now = reload_user(queries, me.user), services.clock()
    passkey = _find_own(queries, user, passkey_id)
    queries.passkeys.delete(user.id, passkey.id)
    left = queries.passkeys.list_for_user(user.id)
    if logs_in(passkey) and not has_way_in(queries, services, user):
        raise refusal("last_way_in")
    record_event(queries, user.id, EventKind.PASSKEY_REMOVED, client, now)
    is_off = switch_off_if_bare(queries, user, client, now)
    tell_owner(queries, services, user, TWO_STEP_OFF if is_off else PASSKEY_REMOVED, client)
    if ends_others:
        end_others(queries, me, client, now)
    return OwnPasskeys(user, left)


def is_security_key(passkey: Passkey) -> bool:
    """Tell whether a passkey is on a key of its own, as far as it can be told: one that says nothing of itself, is not
    in the device, and cannot be synchronized."""
    is_inside = "internal" in json.loads(passkey.transports)
    return passkey.aaguid == UNKNOWN and not is_inside and not passkey.is_backup_eligible


def _find_own(queries: Queries, user: User, passkey_id: str) -> Passkey:
    passkey = queries.passkeys.find(user.id, passkey_id)
    if passkey is None:
        raise refusal("passkey_not_found", param="id")
    return passkey
