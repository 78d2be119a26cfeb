"""What a request carries in `request.state`: the site it belongs to, and who sends it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict, cast

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from web.api.capabilities import CapabilityMonitor
from web.api.client import Client
from web.api.connection import Connection
from web.api.errors import Unreachable
from web.api.mail_shapes import PendingEmail
from web.api.shapes import NewestSessions, User
from web.forms.password_pool import PasswordChecker
from web.http.cookies import Cookies
from web.http.static import Assets
from web.photos.uploads import PhotoUploads
from web.settings import Settings

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Site:
    """What all requests share.

    `outbox` is the path where mails can be read when no mail server is set, or empty; `sms_outbox` likewise where SMS
    can be read; `link_expiry` is for how many seconds a mailed link works, or 0 where the mails are not ours to
    describe.
    """

    settings: Settings
    cookies: Cookies
    assets: Assets
    clock: Clock
    outbox: str
    link_expiry: int
    photos: PhotoUploads
    capabilities: CapabilityMonitor
    sms_outbox: str = ""
    password_checker: PasswordChecker = field(default_factory=PasswordChecker)
    common_context: dict[object, dict[str, Any]] = field(default_factory=dict)  # web/rendering/pages.py

    @property
    def email_confirmation(self) -> bool:
        """Whether addresses have to be confirmed: as the backend says, or else as the site's own setting says."""
        told = self.capabilities.current.email_confirmation
        return self.settings.accounts.email_confirmation if told is None else told

    @property
    def session_lifetime(self) -> int:
        """How many seconds a session lasts at most: as the backend says, or else as the site's own setting says."""
        return self.capabilities.current.session_lifetime or self.settings.accounts.session_lifetime

    @property
    def password_minimum(self) -> int:
        """How many characters a new password must have: never fewer than the backend asks for."""
        return max(self.settings.passwords.minimum, self.capabilities.current.password_minimum)


class Visit(TypedDict):
    """The state of any request. `user` may be the failure to find out, which public pages treat as a guest.

    `newest_sessions` and `pending_email` are the user's where the page has asked for them (routes.py) and the backend
    told all at once.
    """

    site: Site
    connection: Connection
    api: Client
    user: User | Unreachable | None
    newest_sessions: NewestSessions | None
    pending_email: PendingEmail | None


class SignedIn(TypedDict):
    """The state of a request that a guard let through to a signed-in page."""

    site: Site
    connection: Connection
    api: Client
    user: User
    newest_sessions: NewestSessions | None
    pending_email: PendingEmail | None


Handler = Callable[[Request[Visit]], Awaitable[Response]]


def site_of(connection: HTTPConnection[Any]) -> Site:
    """Return the site of a request, also before routing and outside CurrentUser."""
    return cast("Site", connection.scope["state"]["site"])
