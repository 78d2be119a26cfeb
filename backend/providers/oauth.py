"""Providers that speak OAuth 2 alone: the code flow with PKCE, and then calls of their own that say who it is."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from backend.kernel.clock import Clock
from backend.providers.calls import Calls
from backend.providers.code_flow import make_authorization_query, make_basic_authorization, make_token_form, read_code
from backend.providers.interface import Flow, ProvenIdentity, ProviderError, check_subject
from backend.settings.providers import ProviderSettings

LONGEST_TOKEN = 4096  # characters


class OAuth:
    """A provider that speaks OAuth 2. Each has a class of its own, with its addresses and what it says of people.

    There is no token that names the provider: the path of the callback, one for each, and the code with its verifier
    tell whose answer it is.
    """

    scope = ""
    authorization_path = ""  # paths below its address
    token_path = ""
    takes_secret_in_form = True
    can_ask_which = False  # account, see Provider.start

    def __init__(self, settings: ProviderSettings, calls: Calls, clock: Clock) -> None:  # noqa: ARG002
        self.id, self.name = settings.id, settings.name
        self.settings = settings
        self.calls = calls

    async def start(self, flow: Flow, *, asks_which: bool = False) -> str:
        """See Provider.start."""
        asks_which = asks_which and self.can_ask_which
        query = make_authorization_query(flow, self.settings.client_id, self.scope, asks_which=asks_which)
        return f"{self.settings.url}{self.authorization_path}?{urlencode(query)}"

    async def finish(self, flow: Flow, answer: Mapping[str, str]) -> ProvenIdentity:
        """See Provider.finish."""
        return await self.identify(await self._exchange(flow, read_code(answer)))

    async def identify(self, access_token: str) -> ProvenIdentity:
        """Ask whose access token it is. Raises ProviderError."""
        raise NotImplementedError

    @property
    def api(self) -> str:
        """The address of its calls."""
        return self.settings.url

    def is_at_home(self, home: str) -> bool:
        """Tell whether the provider is where it always is, and no stand-in or installation of its own."""
        return self.settings.url == home

    async def _exchange(self, flow: Flow, code: str) -> str:
        form = {**make_token_form(flow, code), "client_id": self.settings.client_id}
        secret = self.settings.client_secret
        if self.takes_secret_in_form:
            answer = await self.calls.post(self.find_token_endpoint(), form | {"client_secret": secret})
        else:
            authorization = make_basic_authorization(self.settings.client_id, secret)
            answer = await self.calls.post(self.find_token_endpoint(), form, authorization=authorization)
        token = answer.get("access_token")
        if not isinstance(token, str) or not token.isascii() or not 0 < len(token) <= LONGEST_TOKEN:
            raise ProviderError("provider_refused", "no access token")
        return token

    def find_token_endpoint(self) -> str:
        """Return where a code is exchanged."""
        return f"{self.settings.url}{self.token_path}"

    def make_identity(self, subject: Any, *, name: Any, email: Any, is_email_proven: bool) -> ProvenIdentity:
        """Make the identity of what a call says of a person."""
        return ProvenIdentity(
            provider=self.id,
            issuer=self.settings.url,
            subject=check_subject(subject),
            name=name if isinstance(name, str) else "",
            email=email if isinstance(email, str) else "",
            is_email_proven=is_email_proven and isinstance(email, str),
        )


def require_object(found: Any) -> Mapping[str, Any]:
    """Return what a call says of a person. Raises ProviderError."""
    if not isinstance(found, dict):
        raise ProviderError("provider_refused", "no object")
    return found
