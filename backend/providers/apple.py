"""Apple."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from backend.kernel.clock import Clock
from backend.providers.calls import Calls
from backend.providers.openid_connect import OpenIdConnect
from backend.settings.providers import ProviderSettings
from serving.settings.kinds import SettingsError

SECRET_LIFETIME = timedelta(minutes=5)
LONGEST_NAME = 2000  # characters of JSON


class Apple(OpenIdConnect):
    """Apple speaks OpenID Connect with ways of its own: for name and address its answer is a form that the browser
    posts, the name comes once and unsigned, and the client's secret is a token that we sign.
    https://developer.apple.com/documentation/signinwithapplerestapi
    """

    scope = "openid email name"
    extra_query: Mapping[str, str] = {"response_mode": "form_post"}

    def __init__(self, settings: ProviderSettings, calls: Calls, clock: Clock) -> None:
        super().__init__(settings, calls, clock)
        if settings.apple_key is None:
            raise SettingsError("APPLE_PRIVATE_KEY: must be set")
        self._team, self._key_id = settings.apple_key.team_id, settings.apple_key.key_id
        self._key = import_key(settings.apple_key.private_key)

    def make_secret(self) -> str:
        now = self.clock()
        claims: dict[str, Any] = {
            "iss": self._team,
            "iat": int(now.timestamp()),
            "exp": int((now + SECRET_LIFETIME).timestamp()),
            "aud": self.settings.url,
            "sub": self.settings.client_id,
        }
        return jwt.encode({"alg": "ES256", "kid": self._key_id}, claims, self._key, algorithms=["ES256"])

    def find_name(self, person: Mapping[str, Any], answer: Mapping[str, str]) -> Any:  # noqa: ARG002
        """Return the name of the posted form, which is nobody's proof of anything."""
        try:
            posted = json.loads(answer.get("user", "")[:LONGEST_NAME])
            parts = [posted["name"].get(part) for part in ("firstName", "lastName")]
        except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
            return ""
        return " ".join(part for part in parts if isinstance(part, str) and part)


def import_key(private_key: str) -> ECKey:
    """Import the key that signs secrets for Apple. Raises SettingsError for any other."""
    try:
        key = ECKey.import_key(private_key)
    except (ValueError, TypeError, JoseError) as error:
        raise SettingsError("APPLE_PRIVATE_KEY: must be the text of the .p8 file that Apple gives") from error
    if key.curve_name != "P-256" or not key.is_private:
        raise SettingsError("APPLE_PRIVATE_KEY: must be a private key of the curve P-256, as Apple gives it")
    return key
