"""How a person is pictured: by their photo, or by initials on a colour of theirs."""

import hashlib
from urllib.parse import urlsplit

from serving.origins import origin_of
from web.settings import Settings

HUES = 8  # as many as static/css/rooms/profile.css has


def photo_url(address: str, settings: Settings) -> str:
    """The address as a page may show it, or empty: then initials are drawn.

    A photo of our own origin is shown by path only, since a content security policy takes localhost and 127.0.0.1
    for two places. One from anywhere but STORAGE_ORIGIN would be blocked by the policy, and is not asked for.
    """
    origin = origin_of(address)
    if origin in settings.public.origins:
        return urlsplit(address).path
    return address if origin and origin == settings.backend.storage_origin else ""


def hue(user_id: str) -> int:
    """One of the colours, always the same for a person."""
    return hashlib.sha256(user_id.encode()).digest()[0] % HUES
