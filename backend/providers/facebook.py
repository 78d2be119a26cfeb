"""Facebook."""

import hmac

from backend.providers.interface import ProvenIdentity
from backend.providers.oauth import OAuth, require_object

HOME, API = "https://www.facebook.com", "https://graph.facebook.com"
VERSION = "/v23.0"


class Facebook(OAuth):
    """Facebook: it does not say whether an address was checked, so it is never believed.
    https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
    """

    scope = "public_profile email"
    authorization_path = f"{VERSION}/dialog/oauth"

    @property
    def api(self) -> str:
        return f"{API if self.is_at_home(HOME) else self.settings.url}{VERSION}"

    def find_token_endpoint(self) -> str:
        return f"{self.api}/oauth/access_token"

    async def identify(self, access_token: str) -> ProvenIdentity:
        proof = hmac.digest(self.settings.client_secret.encode(), access_token.encode(), "sha256").hex()
        params = {"fields": "id,name,email", "appsecret_proof": proof}
        person = require_object(await self.calls.get(f"{self.api}/me", token=access_token, params=params))
        return self.make_identity(
            person.get("id"), name=person.get("name"), email=person.get("email"), is_email_proven=False
        )
