"""Makes the providers that are set. Loaded only where one is: the libraries take time and memory."""

from collections.abc import Callable, Mapping

from backend.kernel.clock import Clock
from backend.providers.apple import Apple
from backend.providers.calls import Calls
from backend.providers.discord import Discord
from backend.providers.facebook import Facebook
from backend.providers.github import GitHub
from backend.providers.google import Google
from backend.providers.interface import Provider
from backend.providers.microsoft import Microsoft
from backend.providers.openid_connect import OpenIdConnect
from backend.providers.twitter import Twitter
from backend.settings.providers import ProviderSettings

KINDS: Mapping[str, Callable[[ProviderSettings, Calls, Clock], Provider]] = {
    "google": Google,
    "github": GitHub,
    "apple": Apple,
    "microsoft": Microsoft,
    "facebook": Facebook,
    "twitter": Twitter,
    "discord": Discord,
    "oidc": OpenIdConnect,
}


def make_providers(settings: tuple[ProviderSettings, ...], calls: Calls, clock: Clock) -> Mapping[str, Provider]:
    """Make the providers, by id, in the order of the settings. Raises SettingsError for a key that is none."""
    return {each.id: KINDS[each.kind](each, calls, clock) for each in settings}
