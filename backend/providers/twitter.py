"""X, which was Twitter; the name stays, for Altogic's client says it."""

from backend.providers.interface import ProvenIdentity
from backend.providers.oauth import OAuth, require_object

HOME, API = "https://x.com", "https://api.x.com"


class Twitter(OAuth):
    """X: the address comes where the app asks for it, and is confirmed then.
    https://docs.x.com/fundamentals/authentication/oauth-2-0/authorization-code
    """

    scope = "users.read tweet.read users.email"
    authorization_path = "/i/oauth2/authorize"
    takes_secret_in_form = False

    @property
    def api(self) -> str:
        return f"{API if self.is_at_home(HOME) else self.settings.url}/2"

    def find_token_endpoint(self) -> str:
        return f"{self.api}/oauth2/token"

    async def identify(self, access_token: str) -> ProvenIdentity:
        params = {"user.fields": "confirmed_email"}
        found = require_object(await self.calls.get(f"{self.api}/users/me", token=access_token, params=params))
        person = require_object(found.get("data"))
        return self.make_identity(
            person.get("id"), name=person.get("name"), email=person.get("confirmed_email"), is_email_proven=True
        )
