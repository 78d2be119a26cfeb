"""Creating an account with a phone number. What is typed becomes one only when the code of its own SMS is."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from backend.kernel.events import EventKind
from backend.kernel.password_hashing import new_salt
from backend.kernel.phone_codes import Purpose
from backend.kernel.profile_fields import Changes, make_user_columns
from backend.kernel.refusals import RefusalError, refusal
from backend.rules.confirmation import is_account
from backend.rules.context import ClientInfo, Services
from backend.rules.events import record_event
from backend.rules.limits import find_hashing_share
from backend.rules.phone_codes import Sending, name_browser, send_code
from backend.rules.registrations import make_registration, make_user
from backend.rules.sessions import NewSession, open_session
from backend.rules.sign_up import SignedUp
from backend.rules.sms_limits import check_country, check_sms, count_sms
from backend.store import Queries
from backend.store.records import Registration, User

METHOD = "phone"


@dataclass(frozen=True)
class PhoneSignUpForm:
    """What somebody types to get an account."""

    phone: str
    password: str = field(repr=False)
    profile: Changes


async def sign_up_with_phone(services: Services, form: PhoneSignUpForm, client: ClientInfo) -> SignedUp:
    """Register what was typed, and send its code; without confirmation open the account at once.

    Raises `phone_not_unique` for a number that has an account, `unsupported_phone`, `cannot_send_sms_code`, or
    `rate_limit_exceeded`; then nothing is kept of it.
    """
    check_country(services, form.phone)
    language = services.mail_templates.find_language(form.profile.columns.get("language"))
    client = replace(client, language=language or client.language)
    while True:
        await services.store.read(check_sms, services, form.phone, client)
        user = await services.store.read(_find_user, form.phone)
        salt = user.password_salt if user else new_salt()
        password_hash = await services.passwords.hash(form.password, salt, find_hashing_share(services, client))
        signed_up = await services.store.write(_Attempt(services, form, client, salt, password_hash).write)
        if isinstance(signed_up, RefusalError):
            raise signed_up
        if signed_up is not None:
            services.sms_waits.set()
            return signed_up


def _find_user(queries: Queries, phone: str) -> User | None:
    return queries.users.find_by_phone(phone)


@dataclass(frozen=True)
class _Attempt:
    """A sign-up whose password is hashed already."""

    services: Services
    form: PhoneSignUpForm
    client: ClientInfo
    salt: bytes
    password_hash: str = field(repr=False)

    def write(self, queries: Queries) -> SignedUp | RefusalError | None:
        """Write the sign-up, within a transaction.

        Return None when the salt has changed meanwhile, because somebody else signed up with the same new number: the
        caller hashes and tries again. Return a refusal instead of raising it: that would roll back the count.
        """
        user, phone = queries.users.find_by_phone(self.form.phone), self.form.phone
        if user is not None and user.password_salt != self.salt:
            return None
        is_new = count_sms(queries, self.services, phone, self.client, f"{self.password_hash}:{self._browser}")
        if user is not None and is_account(user):
            return refusal("phone_not_unique", param="phone", value=phone)
        if self.services.settings.phones.confirmation:
            return self._register(queries, user, is_new=is_new)
        return self._open_account(queries, user)

    @property
    def _browser(self) -> str:
        return name_browser(self.client)

    def _open_account(self, queries: Queries, waiting: User | None) -> SignedUp:
        """Open it at once. What waits for a code, from before none was asked for, gives way."""
        if waiting is not None:
            queries.users.delete(waiting.id)
        user = self._insert_user(queries, password_hash=self.password_hash)
        queries.users.update(user.id, self.form.profile.apply_to("{}"))
        record_event(queries, user.id, EventKind.ACCOUNT_CREATED, self.client, self.services.clock())
        opened = open_session(queries, self.services, user, METHOD, self.client)
        assert isinstance(opened, NewSession)  # noqa: S101 (a new account has no second factor)
        return SignedUp(opened.user, opened)

    def _register(self, queries: Queries, user: User | None, *, is_new: bool) -> SignedUp:
        """Keep what was typed until its code is. A double click is sent one (idempotent)."""
        user, now = user or self._insert_user(queries), self.services.clock()
        registration = self._find_same(queries, user) or self._insert_registration(queries, user, now)
        if is_new:
            sending = Sending(Purpose.CONFIRM, self.form.phone, self.client, self._browser, registration.id)
            send_code(queries, self.services, user, sending)
        profile = make_user_columns(self.form.profile, registration.created_at)
        return SignedUp(replace(user, **profile), None)

    def _find_same(self, queries: Queries, user: User) -> Registration | None:
        """Find what the same browser has typed before, if it was exactly the same."""
        typed = (self.password_hash, self.form.profile.to_json(), self.client.registration or None)
        waiting = queries.registrations.list_for_user(user.id)
        return next((one for one in waiting if (one.password_hash, one.profile, one.secret_hash) == typed), None)

    def _insert_registration(self, queries: Queries, user: User, now: datetime) -> Registration:
        registration = make_registration(user, None, self.password_hash, self.form.profile, self.client, now)
        queries.registrations.insert(registration)
        return registration

    def _insert_user(self, queries: Queries, password_hash: str | None = None) -> User:
        user = replace(make_user(self.salt, self.services.clock(), phone=self.form.phone), password_hash=password_hash)
        queries.users.insert(user)
        return user
