"""The picture of a person: a photo, or initials on a colour."""

import hashlib
from urllib.parse import urlsplit

from serving.origins import origin_of
from web.settings import Settings

HUES = 8  # as many as static/css/rooms/profile.css has


def photo_url(address: str, settings: Settings) -> str:
    """Return the address of a photo for a page, or "" where initials are drawn instead.

    A photo of our own origin is given by its path, since localhost and 127.0.0.1 are two origins for the content
    security policy. One from anywhere but STORAGE_ORIGIN would be blocked by the policy, so it is left out.
    """
    origin = origin_of(address)
    if not origin:
        return ""
    if origin in settings.public.origins:
        return urlsplit(address).path
    return address if origin == settings.backend.storage_origin else ""


def choose_hue(user_id: str) -> int:
    """Choose a colour (0 to HUES - 1), always the same for a person."""
    return hashlib.sha256(user_id.encode()).digest()[0] % HUES
