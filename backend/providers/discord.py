"""Discord."""

from backend.providers.interface import ProvenIdentity
from backend.providers.oauth import OAuth, require_object


class Discord(OAuth):
    """Discord. https://discord.com/developers/docs/topics/oauth2"""

    scope = "identify email"
    authorization_path = "/oauth2/authorize"
    token_path = "/api/oauth2/token"  # noqa: S105 (a path)

    async def identify(self, access_token: str) -> ProvenIdentity:
        person = require_object(await self.calls.get(f"{self.api}/api/users/@me", token=access_token))
        return self.make_identity(
            person.get("id"),
            name=person.get("global_name") or person.get("username"),
            email=person.get("email"),
            is_email_proven=person.get("verified") is True,
        )
