"""Creating an account. What is typed becomes one only when its own mailed link is confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from backend.kernel.events import EventKind
from backend.kernel.fields import Address
from backend.kernel.password_hashing import new_salt
from backend.kernel.profile_fields import Changes, make_user_columns
from backend.kernel.refusals import RefusalError, refusal
from backend.rules import limits
from backend.rules.context import ClientInfo, Services
from backend.rules.email_links import is_reserved
from backend.rules.events import record_event
from backend.rules.limits import Counter, find_hashing_share
from backend.rules.mail_limits import DOUBLE_SUBMIT, count_mail, find_mail_counters, prepay_sign_up_mail
from backend.rules.mailer import Mailer
from backend.rules.registrations import make_registration, make_user
from backend.rules.sessions import NewSession, open_session
from backend.store import Queries
from backend.store.records import Registration, User


@dataclass(frozen=True)
class SignUpForm:
    """What somebody types to get an account."""

    email: Address
    password: str = field(repr=False)
    profile: Changes


@dataclass(frozen=True)
class SignedUp:
    """The user as this client may see it; `opened` is None while the address waits to be confirmed."""

    user: User
    opened: NewSession | None


async def sign_up(services: Services, form: SignUpForm, client: ClientInfo) -> SignedUp:
    """Register what was typed, and mail its confirmation; without confirmation open the account at once.

    Raises `email_not_unique` for an address that has an account, or `rate_limit_exceeded`.
    """
    language = services.mail_templates.find_language(form.profile.columns.get("language"))
    client = replace(client, language=language or client.language)
    counters = await services.store.read(find_mail_counters, services, form.email, client)
    while True:
        user = await services.store.read(_check_limits, services, counters, form.email)
        salt = user.password_salt if user else new_salt()
        password_hash = await services.passwords.hash(form.password, salt, find_hashing_share(services, client))
        attempt = SignUpAttempt(services, form, client, counters, salt, password_hash)
        signed_up = await services.store.write(attempt.write)
        if isinstance(signed_up, RefusalError):
            raise signed_up
        if signed_up is not None:
            services.mail_waits.set()
            return signed_up


def _check_limits(queries: Queries, services: Services, counters: Sequence[Counter], email: Address) -> User | None:
    limits.check(queries, services, counters)
    return queries.users.find_by_email(email.key)


@dataclass(frozen=True)
class SignUpAttempt:
    """A sign-up whose password is hashed already."""

    services: Services
    form: SignUpForm
    client: ClientInfo
    counters: Sequence[Counter]
    salt: bytes
    password_hash: str = field(repr=False)

    def write(self, queries: Queries) -> SignedUp | RefusalError | None:
        """Write the sign-up, within a transaction.

        Return None when the salt has changed meanwhile, because somebody else signed up with the same new address: the
        caller hashes and tries again. Return a refusal instead of raising it: that would roll back the count.
        """
        user = queries.users.find_by_email(self.form.email.key)
        if user is not None and user.password_salt != self.salt:
            return None
        count_mail(queries, self.services, self.counters, f"{self.password_hash}:{self.form.profile.to_json()}")
        prepay_sign_up_mail(queries, self.services, self.form.email)
        if self._is_taken(queries, user):
            return refusal("email_not_unique", param="email", value=self.form.email.typed)
        needs_confirmation = self.services.settings.accounts.email_confirmation
        return self._register(queries, user) if needs_confirmation else self._open_account(queries)

    def _is_taken(self, queries: Queries, user: User | None) -> bool:
        """Tell whether the address is an account's. Where nobody confirms it, also if that account can get it back; the
        answer and the work are the same for both."""
        if self.services.settings.accounts.email_confirmation:
            return user is not None and (user.email_verified or user.phone_verified)
        return is_reserved(queries, self.form.email, self.services.clock()) or user is not None

    def _open_account(self, queries: Queries) -> SignedUp:
        user = make_user(self.salt, self.services.clock(), email=self.form.email)
        queries.users.insert(replace(user, password_hash=self.password_hash))
        queries.users.update(user.id, self.form.profile.apply_to("{}"))
        record_event(queries, user.id, EventKind.ACCOUNT_CREATED, self.client, self.services.clock())
        opened = open_session(queries, self.services, user, "password", self.client)
        assert isinstance(opened, NewSession)  # noqa: S101 (a new account has no second factor)
        return SignedUp(opened.user, opened)

    def _register(self, queries: Queries, user: User | None) -> SignedUp:
        """Keep what was typed until its mailed link is confirmed. A double click is mailed once (idempotent)."""
        now = self.services.clock()
        if user is None:
            user = make_user(self.salt, now, email=self.form.email)
            queries.users.insert(user)
        waiting = queries.registrations.list_for_user(user.id)
        is_double_click = any(self._is_same(one) and now - one.created_at < DOUBLE_SUBMIT for one in waiting)
        registration = self._find_or_add(queries, user, waiting, now)
        if not is_double_click:
            Mailer(queries, self.services, self.client).send_confirmation(user, registration)
        profile = make_user_columns(self.form.profile, registration.created_at)
        return SignedUp(replace(user, email=self.form.email.typed, **profile), None)

    def _is_same(self, other: Registration) -> bool:
        """Return whether exactly the same was typed.

        In any browser: without cookies a double click brings the same twice, each time with a secret of its own.
        """
        typed = (self.password_hash, self.form.profile.to_json(), self.form.email.typed)
        return (other.password_hash, other.profile, other.email) == typed

    def _find_or_add(
        self, queries: Queries, user: User, waiting: Sequence[Registration], now: datetime
    ) -> Registration:
        """Return the registration of this browser for exactly the same, renewed, or a new one."""
        for known in waiting:
            if self._is_same(known) and known.secret_hash == (self.client.registration or None):
                return known if now - known.created_at < DOUBLE_SUBMIT else self._renew(queries, known, now)
        registration = make_registration(user, self.form.email, self.password_hash, self.form.profile, self.client, now)
        queries.registrations.insert(registration)
        return registration

    def _renew(self, queries: Queries, known: Registration, now: datetime) -> Registration:
        client = self.client
        typed_at = {"user_agent": client.user_agent, "address": client.address, "language": client.language}
        queries.registrations.renew(known.id, now=now, **typed_at)
        return replace(known, created_at=now, **typed_at)
