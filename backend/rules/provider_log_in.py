"""Logging in with a provider: how its answer ends in the browser, and the token that is traded for a session."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from backend.kernel.fields import Address
from backend.kernel.keys import hash_secret
from backend.kernel.refusals import RefusalError, refusal
from backend.providers.interface import ProvenIdentity, ProviderError
from backend.rules import limits
from backend.rules.confirmation import confirm_email, is_unconfirmed
from backend.rules.connecting import connect_first
from backend.rules.context import ClientInfo, Services
from backend.rules.first_proof import create_owner, give_way
from backend.rules.identity_mails import mail_connect_link
from backend.rules.proven_identities import (
    IdentityPurpose,
    find_live,
    find_person,
    make_row,
    read_email,
    wait_for_address,
)
from backend.rules.provider_flows import StartedFlow
from backend.rules.references import make_reference, write_reference
from backend.rules.sessions import DOUBLE_CLICK, NewSession, has_left, open_again, open_session
from backend.rules.tickets import SecondStep
from backend.store import Queries
from backend.store.records import ProvenRow, User

log = logging.getLogger("backend.providers")


@dataclass(frozen=True)
class Ending:
    """How a log-in at a provider ends in the browser: with a token, or with the code of a failure.

    `ref` names an identity that waits for an address; `reference` goes with the code of the mail that was sent.
    """

    code: str = ""
    token: str = field(default="", repr=False)
    ref: str = field(default="", repr=False)
    reference: str = field(default="", repr=False)


async def finish_log_in(
    services: Services, started: StartedFlow, answer: Mapping[str, str], client: ClientInfo
) -> Ending:
    """Ask the provider what its answer proves, and decide how that ends. The same answer twice ends the same way."""
    token = services.keyring.derive_provider_token(started.flow.state)
    work = partial(_finish_log_in, services, started, token, answer, client)
    ending: Ending = await services.provider_answers.run(token, work)  # of two clicks, for a code is good once
    return ending


async def _finish_log_in(
    services: Services, started: StartedFlow, token: str, answer: Mapping[str, str], client: ClientInfo
) -> Ending:
    if ending := await services.store.read(_find_ending, services, token, started, client):
        return ending
    try:
        await limits.count_by_network(services, limits.PROVIDER_LOG_INS_OF_NETWORK, "provider", client)
        proven = await services.providers[started.provider].finish(started.flow, answer)
        ending = await services.store.write(_end, services, started, token, proven, client)
    except ProviderError as failed:  # of which another process may be the cause that got the other click
        log_failure(started.provider, failed)
        return await services.store.read(_find_ending, services, token, started, client) or Ending(failed.code)
    except RefusalError as refused:
        return Ending(refused.problems[0].code)
    services.mail_waits.set()
    return ending


def log_failure(provider: str, failed: ProviderError) -> None:
    """Log why a provider proved nothing, for whoever runs the site: in our words, and not that somebody cancelled."""
    if failed.code != "permission_denied":
        log.warning("no log-in with %s: %s (%s)", provider, failed.code, failed)


def _find_ending(
    queries: Queries, services: Services, token: str, started: StartedFlow, client: ClientInfo
) -> Ending | None:
    """Find how this very log-in has ended already."""
    row = queries.proven_identities.find_by_token(hash_secret(token))
    return _describe_ending(services, row, token, as_browser(client, started.browser_hash)) if row else None


def _describe_ending(services: Services, row: ProvenRow, token: str, client: ClientInfo) -> Ending:
    if row.purpose == IdentityPurpose.ADDRESS:
        return Ending("email_needed", ref=token)
    if row.purpose == IdentityPurpose.MAIL:
        email = read_email(row.email)
        reference = make_reference(services, email, client) if email else None
        return Ending("email_not_unique", reference=write_reference(services, reference) if reference else "")
    return Ending(token=token)


def _end(
    queries: Queries,
    services: Services,
    started: StartedFlow,
    token: str,
    proven: ProvenIdentity,
    client: ClientInfo,
) -> Ending:
    client = as_browser(client, started.browser_hash)
    if ending := _find_ending(queries, services, token, started, client):
        return ending
    row = make_row(services, started, token, proven)
    if not started.connects:
        row = _decide(queries, services, row, client, is_email_proven=proven.is_email_proven)
    queries.proven_identities.insert(row)
    return _describe_ending(services, row, token, client)


def _decide(
    queries: Queries, services: Services, row: ProvenRow, client: ClientInfo, *, is_email_proven: bool
) -> ProvenRow:
    """Return what the identity waits for: a log-in to the account that has it or is to begin with it, a mailed link
    where an account has its address, or an address. Raises `rate_limit_exceeded` or `user_not_found`."""
    person = find_person(queries, row, is_email_proven=is_email_proven)
    if person.has_identity:
        if person.user is None or has_left(person.user, services.clock()):
            raise refusal("user_not_found")
        return replace(row, user_id=person.user.id)
    if person.email is None:
        return wait_for_address(row)
    if person.user is None:
        return row
    if has_left(person.user, services.clock()):
        raise refusal("user_not_found")
    return mail_connect_link(queries, services, person.user, row, client)


def as_browser(client: ClientInfo, browser_hash: str) -> ClientInfo:
    """Return the client, recognized by what its front end knows the browser by. Without that it can type no code."""
    return replace(client, registration=browser_hash, asker=browser_hash)


def trade_token(
    queries: Queries, services: Services, token: str, client: ClientInfo, now: datetime
) -> NewSession | SecondStep:
    """Trade the token of a log-in for a session, within the caller's transaction. Where nobody has the identity and the
    address, an account is created with it. Of a double click both clicks get the session.

    Raises `invalid_access_token`, `invalid_token_type`, `user_not_found`, `email_not_verified`, `rate_limit_exceeded`,
    or `email_not_unique` where an account has got the address meanwhile.
    """
    if opened := _find_double_click(queries, services, token, client, now):
        return opened
    row = find_live(queries, token, IdentityPurpose.SIGN_IN, now)
    user = _find_or_create_user(queries, row, client, now)
    if has_left(user, now):
        raise refusal("user_not_found")
    if not queries.proven_identities.spend(row.id, user.id, now):
        raise refusal("invalid_access_token")
    if is_unconfirmed(services, user):
        raise refusal("email_not_verified")
    limits.count(queries, services, _make_counters(services, user, client))
    _record_use(queries, row, now)
    return open_session(queries, services, user, name_method(row), client)


def name_method(row: ProvenRow) -> str:
    """Return how a session is opened by an identity."""
    return f"oauth-{row.provider}"


def _find_double_click(
    queries: Queries, services: Services, token: str, client: ClientInfo, now: datetime
) -> NewSession | SecondStep | None:
    row = queries.proven_identities.find_by_token(hash_secret(token))
    if (
        row is None
        or row.purpose != IdentityPurpose.SIGN_IN
        or row.spent_at is None
        or now >= row.spent_at + DOUBLE_CLICK
    ):
        return None
    user = queries.users.find_by_id(row.user_id or "")
    if user is None or has_left(user, now) or not client.device:
        return None
    return open_again(queries, services, user, name_method(row), client)


def _find_or_create_user(queries: Queries, row: ProvenRow, client: ClientInfo, now: datetime) -> User:
    """Find the user of an identity, or create one. A row that waits to log in had its address checked by the provider,
    or is of an identity that somebody has."""
    person = find_person(queries, row, is_email_proven=row.user_id is None)
    if person.has_identity and person.user:
        return person.user
    if person.email is None:  # it was taken away from its account meanwhile
        raise refusal("invalid_access_token")
    if person.user is not None:
        raise refusal("email_not_unique", param="email")
    return _create_user(queries, person.email, row, client, now)


def _create_user(queries: Queries, email: Address, row: ProvenRow, client: ClientInfo, now: datetime) -> User:
    """Create the account of a proven address. Whatever waits for that, or was never confirmed, gives way."""
    user = queries.users.find_by_email(email.key)
    if user is None or give_way(queries, user, client, now):
        user = create_owner(queries, email, client, now, name=row.name)
    else:
        confirm_email(queries, user, email.typed, {"name": row.name, "password_hash": None}, client, now)
    connect_first(queries, user, row, client, now)
    return queries.users.find_by_id(user.id) or user


def _make_counters(services: Services, user: User, client: ClientInfo) -> list[limits.Counter]:
    return [
        limits.make_counter(services, limits.SUCCESSES_OF_ACCOUNT, f"success:provider:{user.id}"),
        *limits.make_network_counters(services, limits.SUCCESSES_OF_NETWORK, "success", client),
    ]


def _record_use(queries: Queries, row: ProvenRow, now: datetime) -> None:
    identity = queries.identities.find(row.provider, row.issuer, row.subject)
    if identity:
        queries.identities.record_use(identity.id, name=row.name, email=row.email, now=now)
