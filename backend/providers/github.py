"""GitHub."""

from collections.abc import Mapping
from typing import Any

from backend.providers.interface import ProvenIdentity, ProviderError
from backend.providers.oauth import OAuth, require_object

HOME, API = "https://github.com", "https://api.github.com"


class GitHub(OAuth):
    """GitHub: the login is renamed, the number is not. Of its addresses the primary one counts, if it is verified.
    https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
    """

    scope = "read:user user:email"
    can_ask_which = True
    authorization_path = "/login/oauth/authorize"
    token_path = "/login/oauth/access_token"  # noqa: S105 (a path)

    @property
    def api(self) -> str:
        return API if self.is_at_home(HOME) else f"{self.settings.url}/api/v3"

    async def identify(self, access_token: str) -> ProvenIdentity:
        person = require_object(await self.calls.get(f"{self.api}/user", token=access_token))
        number = person.get("id")
        if not isinstance(number, int) or isinstance(number, bool):
            raise ProviderError("provider_refused", "no number")
        address = _find_primary(await self.calls.get(f"{self.api}/user/emails", token=access_token))
        return self.make_identity(
            str(number),
            name=person.get("name") or person.get("login"),
            email=address.get("email"),
            is_email_proven=address.get("verified") is True,
        )


def _find_primary(addresses: Any) -> Mapping[str, Any]:
    listed = addresses if isinstance(addresses, list) else []
    return next((each for each in listed if isinstance(each, dict) and each.get("primary") is True), {})
