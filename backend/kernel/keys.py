"""Secrets made from other secrets: link keys, access tokens, references. And how secrets are stored: as hashes."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence


def new_id() -> str:
    """24 hex digits, random: several processes and databases never need to agree on a sequence."""
    return secrets.token_hex(12)


def new_token() -> str:
    """256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """What the database keeps of a secret: 64 hex digits. A plain hash is enough, for each secret has 256 bits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class Keyring:
    """Makes link keys. The first of the secret keys makes new ones, all of them make old ones again."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._secret_keys = tuple(secret_keys)

    def link_key(self, link_id: str) -> str:
        """The `key` of a mailed link: never stored, so neither the database nor the outbox holds a usable link."""
        return _derived(self._secret_keys[0].encode(), f"mailed-link:{link_id}")

    def session_token(self, name: str) -> str:
        """A token that can be made once more by who knows the same name, which nobody can guess."""
        return _derived(self._secret_keys[0].encode(), f"session:{name}")

    def pseudonym(self, name: str) -> str:
        """Stands for a name that is not to be kept; without the secret key nobody can try out which name it is."""
        return hmac.digest(self._secret_keys[0].encode(), f"pseudonym:{name}".encode(), "sha256").hex()

    def link_key_again(self, link_id: str, key_hash: str) -> str | None:
        """The key of a link made earlier, perhaps under another secret key. None: its secret key is gone."""
        for secret_key in self._secret_keys:
            key = _derived(secret_key.encode(), f"mailed-link:{link_id}")
            if hmac.compare_digest(hash_secret(key), key_hash):
                return key
        return None


def access_token(link_key: str) -> str:
    """Follows from the link key, so that opening a link twice gives the same token and writes nothing."""
    return _derived(link_key.encode(), "access-token")


def reference(link_key: str) -> str:
    """Says which link failed, and can ask for its mail once more. It opens nothing."""
    return _derived(link_key.encode(), "reference")


def _derived(key: bytes, text: str) -> str:
    digest = hmac.digest(key, text.encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
