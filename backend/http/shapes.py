"""The contract's shapes: the JSON of users, sessions, factors, links and events. Times are texts in ISO 8601."""

import json
from typing import Any

from backend.kernel.clock import format_timestamp
from backend.kernel.devices import parse_user_agent
from backend.kernel.masking import mask_email
from backend.kernel.passkey_providers import find_provider
from backend.rules.access_tokens import LinkStatus
from backend.rules.email_codes import find_code_expiry
from backend.rules.events import is_rest
from backend.rules.factors import FactorOverview, RecoveryState
from backend.rules.history import Entry
from backend.rules.passkeys import OwnPasskeys, is_security_key
from backend.rules.pending_mail import Pending
from backend.rules.sessions import NewSession
from backend.rules.ways_in import logs_in
from backend.settings.passkeys import RelyingParty
from backend.store.records import Event, Link, Passkey, Session, User


def user_to_json(user: User) -> dict[str, Any]:
    """Return a user's JSON: `{_id, email?, emailVerified?, phone?, phoneVerified?, name?, profilePicture?, language,
    timezone, signUpAt, ...}`, `leavingDtm` of one who leaves, `passkeyHandle` of one with passkeys; free fields flat
    beside the others. Never the password."""
    leaving = user.leaves_at and format_timestamp(user.leaves_at)
    recovering = user.recovers_at and format_timestamp(user.recovers_at)
    times = {"leavingDtm": leaving, "recoveringDtm": recovering}
    optional = {
        "name": user.name,
        "profilePicture": user.profile_picture,
        "passkeyHandle": user.passkey_handle,
        **times,
    }
    return {
        **json.loads(user.fields),
        "_id": user.id,
        "provider": user.provider or "altogic",
        "providerUserId": user.provider_user_id or user.id,
        **_addresses_to_json(user),
        **{key: value for key, value in optional.items() if value is not None},
        "language": user.language,
        "timezone": user.timezone,
        "signUpAt": format_timestamp(user.sign_up_at),
        "lastLoginAt": format_timestamp(user.last_login_at),
    }


def _addresses_to_json(user: User) -> dict[str, Any]:
    """Return of the email address and of the phone number what there is, each with whether it is confirmed."""
    email = {"email": user.email, "emailVerified": user.email_verified} if user.email else {}
    phone = {"phone": user.phone, "phoneVerified": user.phone_verified} if user.phone else {}
    return {**email, **phone}


def session_to_json(session: Session, token: str) -> dict[str, Any]:
    """Return a session's JSON. `token`: that of the client's own session, the public handle of every other."""
    return {
        "userId": session.user_id,
        "token": token,
        "creationDtm": format_timestamp(session.created_at),
        "accessGroupKeys": [],
        "userAgent": json.loads(session.device),
        "userAgentText": session.user_agent,
        "lastSeenDtm": format_timestamp(session.last_seen_at),
        "expiryDtm": format_timestamp(session.expires_at),
        "ip": session.address,
        "method": session.method,
        "factors": [session.factor] if session.factor else [],
        "label": session.label,
    }


def new_session_to_json(opened: NewSession) -> dict[str, Any]:
    """Return the JSON that every log-in answers with, `{user, session}`; the session has its token.

    Where its mail connected an identity, `connected` is the id of the provider.
    """
    answer = {"user": user_to_json(opened.user), "session": session_to_json(opened.session, opened.token)}
    return {**answer, "connected": opened.connected} if opened.connected else answer


def factors_to_json(factors: FactorOverview) -> dict[str, Any]:
    """Return the JSON of a user's factors: `{twoStepDtm, totp: {addedDtm, pending} or null, recoveryCodes, passkeys}`.

    An app is `pending` that works and waits for recovery codes.
    """
    app = factors.app
    added = app and (app.active_at or app.proved_at)
    return {
        "twoStepDtm": factors.two_step_at and format_timestamp(factors.two_step_at),
        "totp": app and {"addedDtm": added and format_timestamp(added), "pending": app.active_at is None},
        "recoveryCodes": _recovery_to_json(factors.recovery),
        "passkeys": factors.passkeys,
    }


def _recovery_to_json(recovery: RecoveryState) -> dict[str, Any] | None:
    """Return the JSON of recovery codes: `{left, madeDtm, isPending}`, or null where there are none."""
    if recovery.made_at is None and recovery.pending is None:
        return None
    made = recovery.made_at and format_timestamp(recovery.made_at)
    return {"left": recovery.left, "madeDtm": made, "isPending": recovery.pending is not None}


def link_status_to_json(status: LinkStatus) -> dict[str, Any]:
    """Return the JSON of a mailed link: whose it is and of which kind, its state ("valid", "used", "expired"), when and
    from which browser it was requested, where to go after its log-in, and which fields a confirmation still needs. Of a
    change of address also the other one, masked, and whether the link's is that of the account now. Of a mail that
    tells of an act its letter, the network address, and whether it was answered by "This wasn't me"."""
    link, confirmation = status.link, status.confirmation
    return {
        "action": link.kind,
        "email": link.email,
        "state": status.state,
        "createdDtm": format_timestamp(link.asked_at),
        "expiryDtm": format_timestamp(link.access_expires_at or link.expires_at),
        "userAgent": parse_user_agent(link.user_agent),
        "next": link.next_path,
        "passwordNeeded": confirmation.was_typed_elsewhere,
        "nameNeeded": confirmation.needs_name,
        "disownable": confirmation.can_be_cancelled,
        "inForce": status.is_in_force,
        "otherEmail": mask_email(link.other_email) if link.other_email else None,
        "currentPasswordNeeded": status.needs_password,
        "notice": status.notice or None,
        "disowned": link.disowned_at is not None,
        "ip": link.address if status.notice else None,
        "provider": status.provider and {"id": status.provider.id, "name": status.provider.name},
    }


def pending_email_to_json(link: Link | None, session: Session) -> dict[str, Any] | None:
    """Return the JSON of a pending change of address: `{email, requestedDtm, mailedDtm, expiryDtm, codeExpiryDtm}`, or
    null. `codeExpiryDtm` is null but in the session that asked for the address, where its code can be typed."""
    if link is None:
        return None
    code_expiry = find_code_expiry(link, session)
    return {
        "email": link.email,
        "requestedDtm": format_timestamp(link.asked_at),
        "mailedDtm": format_timestamp(link.created_at),
        "expiryDtm": format_timestamp(link.expires_at),
        "codeExpiryDtm": format_timestamp(code_expiry) if code_expiry else None,
    }


def pending_to_json(pending: Pending) -> dict[str, Any]:
    """Return the JSON of a sign-up that waits for its mail: `{state, mail: {state, dtm, nextTryDtm} or null,
    mailServer: "here" or "away"}`."""
    mail = pending.mail
    status = mail and {
        "state": mail.state,
        "dtm": format_timestamp(mail.at),
        "nextTryDtm": format_timestamp(mail.next_try_at) if mail.next_try_at else None,
    }
    return {"state": pending.state, "mail": status, "mailServer": "away" if pending.server_is_away else "here"}


def entry_to_json(entry: Entry) -> dict[str, Any]:
    """Return the JSON of an entry of a history: the event, and what its owner can do about it."""
    return {
        **_event_to_json(entry.event),
        "openSessions": [session.handle for session in entry.sessions],
        "isOwnSession": entry.is_own,
        "isDisownable": entry.is_disownable,
    }


def _event_to_json(event: Event) -> dict[str, Any]:
    """Return an event's JSON: what happened, how often, and from where it did last. Of what is beyond a day's events of
    a kind, which came from any number of clients, neither details nor `userAgent` and `ip` are told."""
    client: dict[str, Any] = {"details": {}, "userAgent": None, "ip": None}
    if not is_rest(event):
        agent = {"family": event.browser, "os": {"family": event.system}}
        client = {"details": json.loads(event.details), "userAgent": agent, "ip": event.address}
    return {
        "_id": event.id,
        "kind": event.kind,
        **client,
        "count": event.count,
        "firstDtm": format_timestamp(event.first_at),
        "lastDtm": format_timestamp(event.last_at),
    }


def own_passkeys_to_json(own: OwnPasskeys, party: RelyingParty | None) -> dict[str, Any]:
    """Return the JSON of all passkeys of an account, and what its authenticators may be told: `rpId`, `userHandle`
    (null as long as there was no passkey), `userName` and `displayName`."""
    return {
        "passkeys": [passkey_to_json(passkey) for passkey in own.passkeys],
        "rpId": party.id if party else None,
        "userHandle": own.user.passkey_handle,
        "userName": own.user.login_name,
        "displayName": own.user.name or own.user.login_name,
    }


def passkey_to_json(passkey: Passkey) -> dict[str, Any]:
    """Return a passkey's JSON. `provider` is what stores it, by a name of our own list, or null; `logsIn`: it is enough
    to log in, else it is a second factor; `userAgent` is where it was added; `suspectedDtm`: since when there may be a
    copy of it."""
    used, suspected = passkey.last_used_at, passkey.suspected_at
    return {
        "id": passkey.id,
        "credentialId": passkey.credential_id,
        "name": passkey.name,
        "provider": find_provider(passkey.aaguid),
        "isSecurityKey": is_security_key(passkey),
        "isBackedUp": passkey.is_backed_up,
        "logsIn": logs_in(passkey),
        "userAgent": {"family": passkey.browser, "os": {"family": passkey.system}},
        "createdDtm": format_timestamp(passkey.created_at),
        "lastUsedDtm": format_timestamp(used) if used else None,
        "suspectedDtm": format_timestamp(suspected) if suspected else None,
    }
