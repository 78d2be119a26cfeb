"""What people who hear a page do in it, by room. Each begins in a new window, with an account of its own."""

from collections.abc import Mapping

from tests.voice.act import Act
from tests.voice.acts import care, data, keys, passkeys, phone, profile, waiting

ROOMS: Mapping[str, tuple[Act, ...]] = {
    "profile": profile.ACTS,
    "care": care.ACTS,
    "waiting": waiting.ACTS,
    "data": data.ACTS,
    "keys": keys.ACTS,
    "passkeys": passkeys.ACTS,
    "phone": phone.ACTS,
}
