"""Base64url without padding, as WebAuthn's JSON has it for bytes."""

import base64
import re

ALPHABET = re.compile("[A-Za-z0-9_-]*")


def encode(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def decode(text: object) -> bytes:
    """Decode what `encode` returns, and nothing else, so that no two texts mean the same bytes. Raises ValueError."""
    if not isinstance(text, str) or not ALPHABET.fullmatch(text):
        raise ValueError("not base64url")
    content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if encode(content) != text:
        raise ValueError("not canonical base64url")
    return content
