"""Mails with links: one method a letter, each within the caller's transaction."""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from backend.kernel import fields
from backend.kernel.events import EventKind
from backend.kernel.keys import derive_access_token, derive_handle, hash_secret, new_id
from backend.kernel.recovery_codes import FEW
from backend.mail.factor_letters import FACTORS_REMOVABLE, LOST_FACTORS, LOST_FACTORS_CODE, RECOVERY_CODE_USED
from backend.mail.identity_letters import CONNECT_LINK
from backend.mail.letter import UNDO_EMAIL, Letter
from backend.mail.letters import (
    ACCOUNT_DELETION,
    ACCOUNT_KEPT,
    ACCOUNT_LEAVING,
    ALREADY_REGISTERED,
    CONFIRMATION,
    EMAIL_CHANGE,
    EMAIL_CHANGED,
    EMAIL_REQUESTED,
    EMAIL_TAKEN,
    LOGIN_LINK,
    NEW_LOGIN,
    PASSWORD_CHANGED,
    PASSWORD_RESET,
    SESSION_CODE,
)
from backend.rules.confirmation import is_account
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event_for
from backend.rules.mail_limits import DOUBLE_SUBMIT
from backend.rules.references import make_reference
from backend.store import Queries
from backend.store.records import Link, Mail, Registration, User


@dataclass(frozen=True)
class FirstRequest:
    """The first request for a new address, however often its link is mailed: in which session, and when."""

    session_id: str | None
    asked_at: datetime


class Mailer:
    """Makes links and puts their mails into the outbox, for the client that asks.

    The mail is in the user's own language if that is known, else in the client's, who may be anybody. A mail that was
    written within DOUBLE_SUBMIT is not written again. After the transaction the caller sets `services.mail_waits`.
    """

    def __init__(self, queries: Queries, services: Services, client: ClientInfo) -> None:
        self._queries = queries
        self._services = services
        self._client = client

    def send_confirmation(self, user: User, registration: Registration | None = None) -> None:
        """Mail the link that confirms an address.

        With a registration it confirms that one, and the mail says when and from which browser it was typed, not who
        asks for the mail. Without one the link takes over nobody's password.
        """
        if registration is None:
            self._send(CONFIRMATION, user, user.email)
            return
        typed_at = {"user_agent": registration.user_agent, "address": registration.address}
        client = replace(self._client, **typed_at, language=registration.language)
        Mailer(self._queries, self._services, client)._send(CONFIRMATION, user, registration.email, registration)

    def send_login_link(self, user: User) -> None:
        """Mail a link that logs in."""
        self._send(LOGIN_LINK, user, user.email)

    def send_already_registered(self, user: User) -> None:
        """Mail a link that logs in, saying that somebody tried to sign up with an address that has an account."""
        self._send(ALREADY_REGISTERED, user, user.email)

    def send_session_code(self, user: User) -> None:
        """Mail a code that confirms the session which the client's `asker` names. Nothing else can be done with it."""
        self._send(SESSION_CODE, user, user.email)

    def send_password_reset(self, user: User) -> None:
        """Mail a link to choose a new password."""
        self._send(PASSWORD_RESET, user, user.email)

    def send_password_changed(self, user: User) -> None:
        """Mail that the password was changed, when and from which browser, with a link to choose another one."""
        self._send(PASSWORD_CHANGED, user, user.email)

    def send_new_login(self, user: User) -> None:
        """Mail that somebody logged in, when and from which browser, with a link that logs everybody out."""
        self._send(NEW_LOGIN, user, user.email)

    def send_factor_letter(self, user: User, letter: Letter) -> None:
        """Mail what was changed about the account's factors, when and from which browser, with a link that logs
        everybody out and takes back what was added."""
        self._send(letter, user, user.email)

    def send_identity_letter(self, user: User, letter: Letter, provider: str) -> None:
        """Mail which provider was connected or removed, with a link that logs everybody out and takes it back."""
        self._send(letter, user, user.email, details=json.dumps({"provider": provider}))

    def send_connect_link(self, user: User, identity_id: str, provider: str) -> None:
        """Mail a link that logs in and connects the proven identity with this id of its row."""
        details = json.dumps({"provider": provider, "identity": identity_id, "isTwoStep": user.two_step_at is not None})
        self._send(CONNECT_LINK, user, user.email, details=details)

    def send_leaving(self, user: User) -> None:
        """Mail that the account will be deleted, and when, with a link that logs in to keep it."""
        self._send(ACCOUNT_LEAVING, user, user.email)

    def send_deletion(self, user: User) -> None:
        """Mail the link and the code that delete the account at once, the code for the session that `asker` names."""
        self._send(ACCOUNT_DELETION, user, user.email)

    def send_kept(self, user: User) -> None:
        """Mail that the account stays after all, with a link to choose a new password for whoever did not do it."""
        self._send(ACCOUNT_KEPT, user, user.email)

    def send_recovery_code_used(self, user: User, left: int) -> None:
        """Mail that a recovery code was used and how many are left, with a link that logs everybody out."""
        self._send(RECOVERY_CODE_USED, user, user.email, details=json.dumps({"left": left, "few": left <= FEW}))

    def send_lost_factors_code(self, user: User) -> None:
        """Mail a code to ask, with the ticket that the client's `asker` names, for the factors to be removed."""
        self._send(LOST_FACTORS_CODE, user, user.email)

    def send_lost_factors(self, user: User, email: str, *, ends_at: datetime, asked_at: datetime) -> None:
        """Mail that the factors can be removed from a time on, with a link that stops it."""
        details = json.dumps({"endDtm": ends_at.isoformat()})
        self._send(LOST_FACTORS, user, email, details=details, asked_at=asked_at)

    def send_factors_removable(self, user: User, *, asked_at: datetime) -> None:
        """Mail the link that removes the factors, after the wait."""
        self._send(FACTORS_REMOVABLE, user, user.email, asked_at=asked_at)

    def send_email_change(self, user: User, new_email: str, first: FirstRequest) -> None:
        """Mail a link to the new address, which becomes the user's when it is used."""
        self._send(EMAIL_CHANGE, user, new_email, **vars(first))

    def send_email_taken(self, user: User, new_email: str, first: FirstRequest, owner: User) -> None:
        """Make the link that `send_email_change` makes, but mail it to nobody: the address is another account's, whose
        owner gets a login link instead, saying so."""
        self._insert_link(replace(self._make_link(EMAIL_CHANGE, user.id, new_email), **vars(first)))
        self._send(EMAIL_TAKEN, owner, owner.email)

    def send_email_requested(self, user: User, new_email: str) -> None:
        """Mail the address that the account still has, with a link to undo the change for as long as it works."""
        self._send(EMAIL_REQUESTED, user, user.email, other_email=new_email)

    def send_email_changed(self, user: User, new_email: str) -> None:
        """Mail the address that the account had until now, with a link to get it back."""
        details = json.dumps({"isProven": user.email_verified})
        self._send(EMAIL_CHANGED, user, user.email, other_email=new_email, details=details)

    def open_reset(self, user: User, *, until: datetime) -> str:
        """Make a link to choose a new password, as if its button had been pressed. Return its access token."""
        link, now = self._make_link(PASSWORD_RESET, user.id, user.email or ""), self._services.clock()
        self._queries.links.insert(replace(link, pressed_at=now, access_expires_at=until))
        return derive_access_token(self._services.keyring.derive_link_key(link.id))

    def send_nothing(self) -> None:
        """Run as many statements as for a mail, of the same kinds: constant time, against user enumeration."""
        now = self._services.clock()
        self._queries.links.has_been_sent(self._make_link(LOGIN_LINK, "", ""), since=now - DOUBLE_SUBMIT)
        older_code = ["the code before it"] if self._client.asker else []
        for _statement in (*older_code, "the link", "its mail"):
            self._queries.meta.set("last_unsent_mail", now.isoformat())
        record_event_for(self._queries, None, EventKind.LINK_REQUESTED, self._client, now)

    def _send(
        self, letter: Letter, user: User, email: str | None, registration: Registration | None = None, **more: Any
    ) -> None:
        """Write the link, with `more` of its fields, and its mail; nothing for whoever has no address."""
        if email is None:
            return
        language = self._services.mail_templates.find_language(user.language) or self._client.language
        link = replace(self._make_link(letter, user.id, email, registration), language=language, **more)
        # Of what is an event itself: asking for its mail is none.
        is_of_event = letter.is_notice or letter in (EMAIL_CHANGE, FACTORS_REMOVABLE)
        if not is_of_event and self._has_just_been_sent(letter, link):
            return
        self._insert_link(link)
        # What a stranger typed as a name is not mailed to an address that is not proven to be theirs.
        is_proven = user.email_verified and email == user.email
        self._queries.mails.insert(_make_mail(letter, link, user.name or "" if is_proven else ""))
        if not is_of_event:
            self._record(letter, user)

    def _has_just_been_sent(self, letter: Letter, link: Link) -> bool:
        """Tell whether this very request was mailed a moment ago. A code alone is worth nothing to another asker."""
        since = link.created_at - DOUBLE_SUBMIT
        if not letter.is_code_only:
            return self._queries.links.has_been_sent(link, since=since)
        asked = self._queries.links.list_asked(link.request_hash or "")
        return any(each.letter == letter.name and each.spent_at is None and each.created_at > since for each in asked)

    def _insert_link(self, link: Link) -> None:
        """Write the link, and end the code of its kind that the same browser was mailed before."""
        if link.request_hash:
            self._queries.links.end_codes(link.request_hash, link.kind)
        self._queries.links.insert(link)

    def _record(self, letter: Letter, user: User) -> None:
        owner, kind = user if is_account(user) else None, EventKind.LINK_REQUESTED
        record_event_for(self._queries, owner, kind, self._client, self._services.clock(), letter=letter.name)

    def _make_link(self, letter: Letter, user_id: str, email: str, registration: Registration | None = None) -> Link:
        now, link_id, client = self._services.clock(), new_id(), self._client
        key = self._services.keyring.derive_link_key(link_id)
        return Link(
            id=link_id,
            kind=letter.link_kind,
            user_id=user_id,
            registration_id=registration.id if registration else None,
            email=email,
            key_hash=hash_secret(key),
            access_hash=hash_secret(derive_access_token(key)),
            handle_hash=hash_secret(derive_handle(key)),
            created_at=now,
            expires_at=now + find_lifetime(self._services, letter),
            pressed_at=None,
            access_expires_at=None,
            spent_at=None,
            asked_at=registration.created_at if registration else now,
            user_agent=client.user_agent,
            address=client.address,
            language=client.language,
            waiting_hash=client.registration or None,
            next_path=client.next_path,
            letter=letter.name,
            request_hash=self._name_request(email) if letter.has_code else None,
            reserved_key=fields.email(email).key if letter.link_kind == UNDO_EMAIL else None,
        )

    def _name_request(self, email: str) -> str | None:
        """Return what binds the link's code to the browser of the client; None for the link of no mail."""
        reference = make_reference(self._services, fields.email(email), self._client) if email else None
        return reference.request_hash if reference else None


def find_lifetime(services: Services, letter: Letter) -> timedelta:
    """Return how long the link of a letter works."""
    return letter.lifetime or timedelta(seconds=services.settings.links.expiry)


def _make_mail(letter: Letter, link: Link, name: str) -> Mail:
    return Mail(
        id=new_id(),
        kind=letter.name,
        link_id=link.id,
        user_id=link.user_id,
        recipient=link.email,
        name=name,
        language=link.language,
        created_at=link.created_at,
        next_try_at=link.created_at,
    )
