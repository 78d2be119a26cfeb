"""Creating an account. What is typed becomes one only when its own mailed link is confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from backend.kernel.fields import Address
from backend.kernel.keys import new_id
from backend.kernel.password_hashing import new_salt
from backend.kernel.profile_fields import Changes, shown_as_typed
from backend.kernel.refusals import RefusalError, refusal
from backend.rules import limits
from backend.rules.context import ClientInfo, Services
from backend.rules.limits import SAME_MAIL, Bucket
from backend.rules.mailer import CONFIRM, send
from backend.rules.sessions import NewSession, open_session
from backend.store import Queries
from backend.store.records import Registration, User


@dataclass(frozen=True)
class Typed:
    """What somebody typed to get an account."""

    email: Address
    password: str = field(repr=False)
    profile: Changes


@dataclass(frozen=True)
class SignedUp:
    """The user as this caller may see it; `opened` is None while the address waits to be confirmed."""

    user: User
    opened: NewSession | None


async def sign_up(services: Services, typed: Typed, client: ClientInfo) -> SignedUp:
    """Raises `email_not_unique` for an address that is an account's, or `rate_limit_exceeded`."""
    language = services.mail_templates.find_language(typed.profile.columns.get("language"))
    client = replace(client, language=language or client.language)
    buckets = await services.store.read(lambda queries: limits.for_mails(queries, services, typed.email, client))
    while True:
        await services.store.read(lambda queries: limits.check(queries, services, buckets))
        known = await services.store.read(lambda queries: queries.users.find_by_email(typed.email.key))
        salt = known.password_salt if known else new_salt()
        password_hash = await services.passwords.hash(typed.password, salt, limits.find_line(services, client))
        attempt = Attempt(services, typed, client, buckets, salt, password_hash)
        signed_up = await services.store.write(attempt.write)
        if isinstance(signed_up, RefusalError):
            raise signed_up
        if signed_up is not None:
            services.mail_waits.set()
            return signed_up


@dataclass(frozen=True)
class Attempt:
    """A sign-up whose password is hashed already."""

    services: Services
    typed: Typed
    client: ClientInfo
    buckets: Sequence[Bucket]
    salt: bytes
    password_hash: str = field(repr=False)

    def write(self, queries: Queries) -> SignedUp | RefusalError | None:
        """None: somebody else just typed the same new address, so the salt is another now. A refusal is not raised
        here, for it counts."""
        now = self.services.clock()
        user = queries.users.find_by_email(self.typed.email.key)
        confirmation = self.services.settings.email_confirmation
        is_taken = user is not None and (user.email_verified or not confirmation)
        if user is not None and user.password_salt != self.salt:
            return None
        typed = f"{self.password_hash}:{self.typed.profile.to_json()}"
        limits.count_mail(queries, self.services, self.buckets, typed)
        limits.pay_for_letter(queries, self.services, self.typed.email)
        if is_taken:
            return refusal("email_not_unique", param="email", value=self.typed.email.typed)
        return self._wait(queries, user, now) if confirmation else self._enter(queries, now)

    def _enter(self, queries: Queries, now: datetime) -> SignedUp:
        user = self._new_user(now)
        columns = self.typed.profile.applied_to("{}")
        queries.users.insert(replace(user, password_hash=self.password_hash))
        queries.users.update(user.id, columns)
        opened = open_session(queries, self.services, user, "password", self.client)
        return SignedUp(opened.user, opened)

    def _wait(self, queries: Queries, user: User | None, now: datetime) -> SignedUp:
        if user is None:
            user = self._new_user(now)
            queries.users.insert(user)
        waiting = queries.registrations.list_for_user(user.id)
        is_doubled = any(self._is_same(known) and now - known.created_at < SAME_MAIL for known in waiting)
        registration = self._waiting(queries, user, waiting, now)
        if not is_doubled:
            to = self.typed.email.typed
            send(queries, self.services, CONFIRM, user, self.client, email=to, registration=registration)
        seen = replace(
            user, email=self.typed.email.typed, **shown_as_typed(self.typed.profile, registration.created_at)
        )
        return SignedUp(seen, None)

    def _is_same(self, known: Registration) -> bool:
        """A double click in a browser without cookies brings the same twice, each time with a secret of its own."""
        typed = (self.password_hash, self.typed.profile.to_json(), self.typed.email.typed)
        return (known.password_hash, known.profile, known.email) == typed

    def _waiting(self, queries: Queries, user: User, waiting: Sequence[Registration], now: datetime) -> Registration:
        """The registration that waits for its link: a new one, or the same one when exactly the same is typed again."""
        for known in waiting:
            if self._is_same(known) and known.secret_hash == (self.client.registration or None):
                if now - known.created_at >= SAME_MAIL:
                    queries.registrations.renew(
                        known.id,
                        now=now,
                        user_agent=self.client.user_agent,
                        address=self.client.address,
                        language=self.client.language,
                    )
                    return replace(known, created_at=now, user_agent=self.client.user_agent)
                return known
        registration = self._registration(user, self.typed.profile.to_json(), now)
        queries.registrations.insert(registration)
        return registration

    def _registration(self, user: User, profile: str, now: datetime) -> Registration:
        return Registration(
            id=new_id(),
            user_id=user.id,
            email=self.typed.email.typed,
            password_hash=self.password_hash,
            profile=profile,
            created_at=now,
            user_agent=self.client.user_agent,
            address=self.client.address,
            language=self.client.language,
            secret_hash=self.client.registration or None,
        )

    def _new_user(self, now: datetime) -> User:
        return User(
            id=new_id(),
            email=self.typed.email.typed,
            email_key=self.typed.email.key,
            email_verified=False,
            password_hash=None,
            password_salt=self.salt,
            name=None,
            profile_picture=None,
            language=None,
            timezone=None,
            fields="{}",
            sign_up_at=now,
            last_login_at=now,
        )
