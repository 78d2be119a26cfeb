"""Providers that speak OpenID Connect: discovery, the code flow with PKCE, ID tokens and userinfo."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from joserfc.jwk import KeySet

from backend.kernel.clock import Clock
from backend.providers.cache import Cache
from backend.providers.calls import Calls
from backend.providers.code_flow import (
    SELECT_ACCOUNT,
    make_authorization_query,
    make_basic_authorization,
    make_token_form,
    read_code,
)
from backend.providers.id_tokens import (
    UnknownKeyError,
    check_access_token,
    check_claims,
    import_keys,
    is_true,
    read_id_token,
)
from backend.providers.interface import (
    LONGEST_ISSUER,
    Flow,
    ProvenIdentity,
    ProviderError,
    check_subject,
)
from backend.settings.providers import ProviderSettings
from serving.origins import is_loopback


@dataclass(frozen=True)
class Discovery:
    """What a provider says of itself (OpenID Connect Discovery 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str
    names_issuer: bool  # in its answers: RFC 9207
    takes_secret_in_form: bool
    can_ask_which: bool  # account, see Provider.start


class OpenIdConnect:
    """A provider that speaks OpenID Connect. What some of them do otherwise is in a class of their own."""

    scope = "openid email profile"
    extra_query: Mapping[str, str] = {}
    can_ask_which = False  # though discovery does not say so

    def __init__(self, settings: ProviderSettings, calls: Calls, clock: Clock) -> None:
        self.id, self.name = settings.id, settings.name
        self.settings = settings
        self.calls = calls
        self.clock = clock
        self._discovery = Cache(self._fetch_discovery, clock)
        self._keys = Cache(self._fetch_keys, clock)

    async def start(self, flow: Flow, *, asks_which: bool = False) -> str:
        """See Provider.start. One that does not know the question may refuse the log-in."""
        discovery = await self._discovery.get()
        asks_which = asks_which and (self.can_ask_which or discovery.can_ask_which)
        asked = make_authorization_query(flow, self.settings.client_id, self.scope, asks_which=asks_which)
        query = {**asked, "nonce": flow.nonce, **self.extra_query}
        endpoint = discovery.authorization_endpoint
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(query)}"

    async def finish(self, flow: Flow, answer: Mapping[str, str]) -> ProvenIdentity:
        """See Provider.finish."""
        discovery = await self._discovery.get()
        self._check_sender(discovery, answer)
        code = read_code(answer)
        tokens = await self._exchange(discovery, flow, code)
        claims = await self._check_id_token(flow, tokens)
        person = await self._find_person(discovery, claims, _read_access_token(tokens))
        return self.identify(claims, person, answer)

    # -- What some providers do otherwise.

    def is_issuer(self, issuer: Any, claims: Mapping[str, Any]) -> bool:  # noqa: ARG002
        """Tell whether a token is the provider's own."""
        return bool(issuer == self.settings.url)

    def is_own_document(self, issuer: Any) -> bool:
        """Tell whether discovery is of the provider that is set."""
        return isinstance(issuer, str) and issuer == self.settings.url

    def is_sender(self, named: str, discovery: Discovery) -> bool:
        """Tell whether an answer that names its issuer is the provider's own."""
        return named == discovery.issuer

    def is_email_proven(self, person: Mapping[str, Any]) -> bool:
        """Tell whether the provider is to be believed about the address."""
        return is_true(person.get("email_verified"))

    def find_issuer(self, claims: Mapping[str, Any]) -> str:
        """Return what the person's id is unique at."""
        return str(claims["iss"])

    def make_secret(self) -> str:
        """Return the secret of our client."""
        return self.settings.client_secret

    def find_name(self, person: Mapping[str, Any], answer: Mapping[str, str]) -> Any:  # noqa: ARG002
        """Return what the person is called."""
        return person.get("name") or person.get("preferred_username")

    # -- The steps.

    async def _fetch_discovery(self) -> Discovery:
        found = await self.calls.get(f"{self.settings.url.rstrip('/')}/.well-known/openid-configuration")
        if not isinstance(found, dict) or not self.is_own_document(found.get("issuer")):
            raise ProviderError("provider_refused", "discovery of another issuer")
        methods = found.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        prompts = found.get("prompt_values_supported")
        return Discovery(
            issuer=found["issuer"],
            authorization_endpoint=self._check_url(found.get("authorization_endpoint")),
            token_endpoint=self._check_url(found.get("token_endpoint")),
            jwks_uri=self._check_url(found.get("jwks_uri")),
            userinfo_endpoint=self._check_url(found["userinfo_endpoint"]) if found.get("userinfo_endpoint") else "",
            names_issuer=found.get("authorization_response_iss_parameter_supported") is True,
            takes_secret_in_form=isinstance(methods, list) and "client_secret_basic" not in methods,
            can_ask_which=isinstance(prompts, list) and SELECT_ACCOUNT in prompts,
        )

    def _check_url(self, url: Any) -> str:
        """Return an address that a provider names, which is as safe from listeners as its issuer is."""
        try:
            is_safe = isinstance(url, str) and (
                url.startswith("https://") or (is_loopback(url) and is_loopback(self.settings.url))
            )
            is_plain = is_safe and not urlsplit(url).fragment
        except ValueError:
            is_plain = False
        if not is_plain:
            raise ProviderError("provider_refused", "an address that is none")
        return str(url)

    async def _fetch_keys(self) -> KeySet:
        discovery = await self._discovery.get()
        return import_keys(await self.calls.get(discovery.jwks_uri))

    def _check_sender(self, discovery: Discovery, answer: Mapping[str, str]) -> None:
        """Check who has sent the browser back, where that is said, or should be (mix-up, RFC 9207)."""
        named = answer.get("iss")
        if named is None and not discovery.names_issuer:
            return
        if named is None or not self.is_sender(named, discovery):
            raise ProviderError("provider_refused", "the answer is another provider's")

    async def _exchange(self, discovery: Discovery, flow: Flow, code: str) -> dict[str, Any]:
        form, endpoint = make_token_form(flow, code), discovery.token_endpoint
        client_id, secret = self.settings.client_id, self.make_secret()
        if discovery.takes_secret_in_form:
            return await self.calls.post(endpoint, form | {"client_id": client_id, "client_secret": secret})
        return await self.calls.post(endpoint, form, authorization=make_basic_authorization(client_id, secret))

    async def _check_id_token(self, flow: Flow, tokens: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            algorithm, claims = read_id_token(tokens.get("id_token"), await self._keys.get())
        except UnknownKeyError:
            algorithm, claims = await self._read_with_new_keys(tokens)
        check_claims(
            claims,
            client_id=self.settings.client_id,
            nonce=flow.nonce,
            is_issuer=self.is_issuer,
            now=self.clock(),
        )
        check_access_token(algorithm, claims, _read_access_token(tokens))
        return claims

    async def _read_with_new_keys(self, tokens: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        try:
            return read_id_token(tokens.get("id_token"), await self._keys.get_anew())
        except UnknownKeyError as error:
            raise ProviderError("provider_refused", "its key") from error

    async def _find_person(
        self, discovery: Discovery, claims: Mapping[str, Any], access_token: str
    ) -> Mapping[str, Any]:
        """Return the claims with name and address: the ID token's, or those of userinfo where it has no address."""
        check_subject(claims.get("sub"))
        if claims.get("email") or not discovery.userinfo_endpoint or not access_token:
            return claims
        person = await self.calls.get(discovery.userinfo_endpoint, token=access_token)
        if not isinstance(person, dict) or person.get("sub") != claims["sub"]:
            raise ProviderError("provider_refused", "userinfo of somebody else")
        return person

    def identify(
        self, claims: Mapping[str, Any], person: Mapping[str, Any], answer: Mapping[str, str]
    ) -> ProvenIdentity:
        """Make the identity that was proven."""
        name, email, issuer = self.find_name(person, answer), person.get("email"), self.find_issuer(claims)
        if len(issuer) > LONGEST_ISSUER:
            raise ProviderError("provider_refused", "an issuer that is too long")
        return ProvenIdentity(
            provider=self.id,
            issuer=issuer,
            subject=check_subject(claims.get("sub")),
            name=name if isinstance(name, str) else "",
            email=email if isinstance(email, str) else "",
            is_email_proven=isinstance(email, str) and self.is_email_proven(person),
        )


def _read_access_token(tokens: Mapping[str, Any]) -> str:
    """Return the access token, or "". Raises ProviderError for what fits in no header."""
    token = tokens.get("access_token", "")
    if not isinstance(token, str) or not (token.isascii() and token.isprintable()):
        raise ProviderError("provider_refused", "no access token")
    return token
